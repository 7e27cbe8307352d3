/** Emits the RPC tables, one object per service. They stand in messages.ts: linking 270 imports would cost 5 ms. */

export function emitRpcTables(rpcs) {
  const services = [...new Set(rpcs.map((rpc) => rpc.service))];
  return services
    .map((service) =>
      emitService(
        service,
        rpcs.filter((rpc) => rpc.service === service),
      ),
    )
    .join('');
}

function emitService(service, rpcs) {
  const short = service.split('.').at(-1);
  const constant = short[0].toLowerCase() + short.slice(1);
  const members = rpcs.map((rpc) => `  readonly ${rpc.method}: Rpc<${rpc.request}, ${rpc.response}>;`);
  const rows = rpcs.map((rpc) => `  ${rpc.method}: ${emitRow(rpc)},`);
  return `
/** The methods of ${service}. */
export interface ${short}Rpcs {\n${members.join('\n')}\n}
const ${constant}Rpc = rpcOf('${service}');
export const ${constant}: ${short}Rpcs = {\n${rows.join('\n').replaceAll('rpc(', `${constant}Rpc(`)}\n};
`;
}

function emitRow({ method, request, response, isLongPoll, isServerStream }) {
  const kind = isServerStream ? `, 'server-stream'` : isLongPoll ? `, 'long-poll'` : '';
  return `rpc('${method}', ${request}, ${response}${kind})`;
}
