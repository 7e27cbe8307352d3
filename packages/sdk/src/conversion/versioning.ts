/** Versions of worker deployments. */
import {
  VersioningBehavior as WireBehavior,
  VersioningBehaviorNames,
  VersioningOverridePinnedOverrideBehavior as Pinned,
} from '@perdure/protocol';
import type { Init, VersioningOverride as WireOverride } from '@perdure/protocol';
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
