// The file form of a normalised dump: one event per line, so that a change of a history reads as a change of lines.

export function goldenText({ executions, observed = {}, texts }) {
  const parts = executions.map(({ workflowId, runId, history, describe }) =>
    [
      `{ "workflowId": ${JSON.stringify(workflowId)}, "runId": ${JSON.stringify(runId)},`,
      ` "describe": ${JSON.stringify(describe)},`,
      ' "history": [',
      history.map((event) => `  ${JSON.stringify(event)}`).join(',\n'),
      ' ]}',
    ].join('\n'),
  );
  return `{ "executions": [\n${parts.join(',\n')}\n],\n"observed": ${JSON.stringify(observed, undefined, 1)}${texts ? `,\n"texts": ${JSON.stringify(texts, undefined, 1)}` : ''}}\n`;
}
