/** GetSystemInfo: the first call of every connection. Capabilities decide what clients dare to use. */
import type { GetSystemInfoRequest, GetSystemInfoResponse } from '@perdure/protocol';
import { answer } from './contract.js';
import type { ApiContext, Plan } from './contract.js';

export function getSystemInfo(
  _request: GetSystemInfoRequest,
  { serverVersion }: ApiContext,
): Plan<GetSystemInfoResponse> {
  return answer({ serverVersion, capabilities: CAPABILITIES });
}

/** Switched on in the change that makes them true, never before. */
const CAPABILITIES: GetSystemInfoResponse['capabilities'] = {
  signalAndQueryHeader: true,
  internalErrorDifferentiation: true,
  activityFailureIncludeHeartbeat: true,
  supportsSchedules: false,
  encodedFailureAttributes: true,
  buildIdBasedVersioning: true,
  upsertMemo: true,
  eagerWorkflowStart: true,
  sdkMetadata: true,
  countGroupByExecutionStatus: true,
  nexus: false,
  serverScaledDeployments: false,
  serverScaledProviderCloudRun: false,
};
