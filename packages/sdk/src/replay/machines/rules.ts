/** The rules of every kind of machine. */
import { activityRules } from './activity.js';
import { upsertRules } from './attributes.js';
import { childRules } from './child.js';
import { closeRules } from './close.js';
import { externalCancelRules } from './external-cancel.js';
import { externalSignalRules } from './external-signal.js';
import { localActivityRules } from './local-activity.js';
import type { Machine, MachineRules } from './machine.js';
import { patchRules } from './patch.js';
import { timerRules } from './timer.js';
import { updateRules } from './update.js';

type RulesByKind = { readonly [kind in Machine['kind']]: MachineRules<Extract<Machine, { kind: kind }>> };

const RULES: RulesByKind = {
  activity: activityRules,
  child: childRules,
  close: closeRules,
  externalCancel: externalCancelRules,
  externalSignal: externalSignalRules,
  localActivity: localActivityRules,
  patch: patchRules,
  timer: timerRules,
  update: updateRules,
  upsert: upsertRules,
};

/** The rules that fit `machine`: the table's type ties each kind to its own. */
export function rulesOf(machine: Machine): MachineRules<Machine> {
  return RULES[machine.kind] as MachineRules<Machine>;
}
