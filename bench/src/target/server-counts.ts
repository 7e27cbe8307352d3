/** What our server counts about itself, read from its metrics page; the reference tells nothing the like. */
export interface ServerCounts {
  readonly commits: number;
  readonly commitSeconds: number;
  readonly transitions: number;
  /** From a request's arrival to its answer, over all calls that do not wait for something to happen. */
  readonly callSeconds: number;
  readonly calls: number;
}

/** Calls that are held open until there is something to tell. */
const WAITING = /operation="(Poll|GetWorkflowExecutionHistory|QueryWorkflow|UpdateWorkflowExecution)/;

export async function readCounts(metricsUrl: string): Promise<ServerCounts> {
  const text = await (await fetch(metricsUrl)).text();
  const samples = text.split('\n').flatMap((line) => {
    const match = /^([^#{ ]+)(\{.*\})? (\S+)$/.exec(line);
    return match === null ? [] : [{ name: match[1] ?? '', labels: match[2] ?? '', value: Number(match[3]) }];
  });
  const sum = (name: string): number =>
    samples
      .filter((sample) => sample.name === name && !WAITING.test(sample.labels))
      .reduce((total, { value }) => total + value, 0);
  return {
    commits: sum('persistence_latency_count'),
    commitSeconds: sum('persistence_latency_sum'),
    transitions: sum('perdure_transitions_total'),
    callSeconds: sum('service_latency_sum'),
    calls: sum('service_latency_count'),
  };
}
