/**
 * Transition tables: every machine of the replay core is one table of state × input, each cell written out, so that a
 * forgotten case does not compile.
 */

/**
 * One arrow: the next state and what is to be done. `ignore`: the input is fine here and changes nothing.
 * `refuse`: it cannot come in this state if the code still does what history says.
 */
export type Cell<State, Effect> = { readonly state: State; readonly effects: readonly Effect[] } | 'ignore' | 'refuse';

export type Table<State extends string, Input extends string, Effect extends string> = {
  readonly [state in State]: { readonly [input in Input]: Cell<State, Effect> };
};

/** An arrow to `state`. */
export function go<State extends string, Effect extends string = never>(
  state: State,
  ...effects: Effect[]
): { readonly state: State; readonly effects: readonly Effect[] } {
  return { state, effects };
}

const NO_EFFECTS: readonly never[] = [];

/** Moves the machine along its table. Returns what is to be done, or undefined if the table refuses the input. */
export function advance<State extends string, Input extends string, Effect extends string>(
  table: Table<State, Input, Effect>,
  machine: { state: State },
  input: Input,
): readonly Effect[] | undefined {
  const cell: Cell<State, Effect> = table[machine.state][input];
  if (cell === 'refuse') return undefined;
  if (cell === 'ignore') return NO_EFFECTS;
  machine.state = cell.state;
  return cell.effects;
}
