// The table of bad inputs, asked; one report for each RPC.
import { badInputs } from './bad-inputs.mjs';
import { prepare } from './world.mjs';

/** Reports of the usual form; `observed` holds codes and error details, `texts` the messages (for information, not compared). */
export async function reportBadInputs(server, nonce, only) {
  if (only && !only.includes('bad-input')) return [];
  const reports = new Map();
  for (const [rpc, label, request, options] of badInputs(await prepare(server, nonce))) {
    const name = `bad-input-${rpc}`;
    if (!reports.has(name)) reports.set(name, { scenario: name, ok: true, observed: {}, texts: {} });
    const { observed, texts } = reports.get(name);
    [observed[label], texts[label]] = await ask(server, rpc, request, options);
  }
  return [...reports.values()];
}

async function ask(server, rpc, request, options) {
  try {
    await server.call(rpc, request, { deadlineMs: 5000, ...options });
    return ['OK'];
  } catch (error) {
    if (!error.code) throw error;
    return [[codeOf(error), ...error.details.map(({ type }) => type)].join(' '), error.text];
  }
}

/** Whether the client or the server notices first that the time is over is a matter of chance. */
function codeOf({ code }) {
  return code === 'CANCELLED' || code === 'DEADLINE_EXCEEDED' ? 'deadline exceeded' : code;
}
