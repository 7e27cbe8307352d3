/** The states of a worker, and what can be asked about it. */

/**
 * - INITIALIZED: made, not yet running
 * - RUNNING: takes tasks
 * - STOPPING: takes no more, open polls are being ended
 * - DRAINING: all polls have ended, tasks are still in work
 * - DRAINED: all tasks have ended
 * - STOPPED: `run()` has resolved
 * - FAILED: `run()` has rejected
 */
export type State = 'INITIALIZED' | 'RUNNING' | 'STOPPING' | 'DRAINING' | 'DRAINED' | 'STOPPED' | 'FAILED';

export type PollerState = 'POLLING' | 'SHUTDOWN' | 'FAILED';

export interface WorkerStatus {
  runState: State;
  workflowPollerState: PollerState;
  activityPollerState: PollerState;
  hasOutstandingWorkflowPoll: boolean;
  hasOutstandingActivityPoll: boolean;
  /** Executions with a Workflow Task in work. */
  numInFlightWorkflowActivations: number;
  /** Local ones too. */
  numInFlightActivities: number;
  numInFlightNonLocalActivities: number;
  numInFlightLocalActivities: number;
  /** Executions in memory. */
  numCachedWorkflows: number;
  /** Running activities that have sent a heartbeat. */
  numHeartbeatingActivities: number;
}
