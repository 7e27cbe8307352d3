/** Our runtime, for comparison. */
import { failureFromBytes } from '../../../conversion/proto-failure.js';
import type { Activation, WorkflowCommand } from '../../../replay/contract.js';
import { TestRealm } from '../realm-host.js';
import { RUN } from './side.js';
import type { Outcome, Side } from './side.js';

export class OurSide implements Side {
  readonly #world: TestRealm;

  constructor(code: string) {
    this.#world = new TestRealm(`globalThis.trace = [];\n${code}`, {});
    this.#world.realm.createRun({ ...RUN, showStackTraceSources: false });
  }

  async activate(activation: Activation): Promise<Outcome> {
    const { completion } = this.#world.activate(activation);
    const trace = [...(this.#world.global('trace') as string[]).splice(0)];
    if (completion.status === 'failed') {
      const { message } = failureFromBytes(completion.failure);
      return { commands: [`failed: ${message}`], trace };
    }
    return { commands: Array.from(completion.commands, lineOf), trace };
  }
}

export function lineOf(command: WorkflowCommand): string {
  switch (command.kind) {
    case 'startTimer':
      return `startTimer ${command.seq} ${command.durationMs}`;
    case 'scheduleActivity':
      return `scheduleActivity ${command.seq} ${command.attributes.activityId} ${command.attributes.activityType?.name} ${command.cancellation}`;
    case 'scheduleLocalActivity':
      return `scheduleLocalActivity ${command.seq} ${command.activityId} ${command.activityType} ${command.attempt}`;
    case 'startChild':
      return `startChild ${command.seq} ${command.attributes.workflowId} ${command.attributes.workflowType?.name} ${command.cancellation}`;
    case 'signalExternal':
      return `signalExternal ${command.seq} ${command.attributes.signalName} ${command.attributes.execution?.workflowId} ${command.attributes.childWorkflowOnly}`;
    case 'cancelExternal':
      return `cancelExternal ${command.seq} ${command.attributes.workflowId}`;
    case 'setPatch':
      return `setPatch ${command.patchId} ${command.deprecated}`;
    case 'respondUpdate': {
      const { status } = command.response;
      // The official runtime has one word for both.
      return `respondUpdate ${command.protocolInstanceId} ${status === 'failed' ? 'rejected' : status}`;
    }
    case 'answerQuery':
      return `answerQuery ${command.queryId} ${command.answer.status}`;
    case 'failWorkflow':
      return `failWorkflow ${failureFromBytes(command.failure).message}`;
    case 'cancelTimer':
    case 'cancelActivity':
    case 'cancelLocalActivity':
    case 'cancelSignal':
    case 'cancelChild':
      return `${command.kind} ${command.seq}`;
    case 'completeWorkflow':
    case 'cancelWorkflow':
    case 'continueAsNew':
    case 'modifyMemo':
    case 'upsertSearchAttributes':
      return command.kind;
  }
}
