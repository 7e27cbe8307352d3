/** Versions of worker deployments. */
import {
  ContinueAsNewVersioningBehaviorNames,
  SuggestContinueAsNewReasonNames,
  VersioningBehavior as WireBehavior,
  VersioningBehaviorNames,
  VersioningOverridePinnedOverrideBehavior as Pinned,
} from '@perdure/protocol';
import type {
  ContinueAsNewVersioningBehavior,
  Init,
  SuggestContinueAsNewReason as WireReason,
  VersioningOverride as WireOverride,
} from '@perdure/protocol';
import { enumCodec } from './enum-codec.js';

/** One build of one deployment. */
export interface WorkerDeploymentVersion {
  readonly buildId: string;
  readonly deploymentName: string;
}

/** `deployment.build`, as the server writes it. */
export function toCanonicalString({ deploymentName, buildId }: WorkerDeploymentVersion): string {
  return `${deploymentName}.${buildId}`;
}

/** Whether a workflow stays on the version it started on. */
export const VersioningBehavior = { PINNED: 'PINNED', AUTO_UPGRADE: 'AUTO_UPGRADE' } as const;
export type VersioningBehavior = (typeof VersioningBehavior)[keyof typeof VersioningBehavior];

const behaviors = enumCodec<VersioningBehavior, WireBehavior>(
  'VersioningBehavior',
  VersioningBehavior,
  VersioningBehaviorNames,
);
export const encodeVersioningBehavior = behaviors.encode;
export const decodeVersioningBehavior = behaviors.decode;

/** Runs on this version, whatever the workflow's own behaviour says. */
export interface PinnedVersioningOverride {
  readonly pinnedTo: WorkerDeploymentVersion;
}
export type AutoUpgradeVersioningOverride = 'AUTO_UPGRADE';
export type VersioningOverride = PinnedVersioningOverride | AutoUpgradeVersioningOverride;

/** The override for the wire; the older fields are set too, for older servers. */
export function encodeVersioningOverride(override: VersioningOverride): Init<WireOverride> {
  if (override === 'AUTO_UPGRADE') return { autoUpgrade: true, behavior: WireBehavior.AUTO_UPGRADE };
  const { pinnedTo } = override;
  return {
    pinned: { version: { ...pinnedTo }, behavior: Pinned.PINNED },
    behavior: WireBehavior.PINNED,
    pinnedVersion: toCanonicalString(pinnedTo),
  };
}

/** On which version the run that a continue-as-new starts begins. Default: that of the run before. */
export const InitialVersioningBehavior = {
  /** The current version of the deployment. */
  AUTO_UPGRADE: 'AUTO_UPGRADE',
  /** The ramping version, where there is one. */
  USE_RAMPING_VERSION: 'USE_RAMPING_VERSION',
} as const;
export type InitialVersioningBehavior = (typeof InitialVersioningBehavior)[keyof typeof InitialVersioningBehavior];

const initialBehaviors = enumCodec<InitialVersioningBehavior, ContinueAsNewVersioningBehavior>(
  'InitialVersioningBehavior',
  InitialVersioningBehavior,
  ContinueAsNewVersioningBehaviorNames,
);
export const encodeInitialVersioningBehavior = initialBehaviors.encode;
export const decodeInitialVersioningBehavior = initialBehaviors.decode;

/** Why the server suggests that a run should continue as new. */
export const SuggestContinueAsNewReason = {
  HISTORY_SIZE_TOO_LARGE: 'HISTORY_SIZE_TOO_LARGE',
  TOO_MANY_HISTORY_EVENTS: 'TOO_MANY_HISTORY_EVENTS',
  TOO_MANY_UPDATES: 'TOO_MANY_UPDATES',
} as const;
export type SuggestContinueAsNewReason = (typeof SuggestContinueAsNewReason)[keyof typeof SuggestContinueAsNewReason];

const reasons = enumCodec<SuggestContinueAsNewReason, WireReason>(
  'SuggestContinueAsNewReason',
  SuggestContinueAsNewReason,
  SuggestContinueAsNewReasonNames,
);
export const encodeSuggestContinueAsNewReason = reasons.encode;
export const decodeSuggestContinueAsNewReason = reasons.decode;
