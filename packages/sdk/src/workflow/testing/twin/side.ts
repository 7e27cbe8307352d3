/** A runtime under comparison: takes activations, tells commands and trace as text. */
import type { Activation } from '../../../replay/contract.js';

export interface Outcome {
  /** One line each, or `failed: …` alone. */
  readonly commands: readonly string[];
  readonly trace: readonly string[];
}

export interface Side {
  activate(activation: Activation): Promise<Outcome>;
}

export const RUN = {
  runId: '0193a1b2-0000-7000-8000-000000000001',
  workflowId: 'twin',
  workflowType: 'program',
  namespace: 'default',
  taskQueue: 'queue',
} as const;
