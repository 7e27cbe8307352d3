import type { Scenario } from '../world.js';
import { activityScenarios } from './activities.js';
import { basicScenarios } from './basics.js';
import { childScenarios } from './children.js';
import { messageScenarios } from './messages.js';
import { policyScenarios } from './policies.js';
import { runScenarios } from './runs.js';
import { visibilityScenarios } from './visibility.js';
import { workerScenarios } from './workers.js';

export const scenarios: Scenario[] = [
  ...basicScenarios,
  ...messageScenarios,
  ...activityScenarios,
  ...childScenarios,
  ...runScenarios,
  ...policyScenarios,
  ...visibilityScenarios,
  ...workerScenarios,
];
