import { condition, defineQuery, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

const { hello, sleepsLong } = proxyActivities<{
  hello(name: string): Promise<string>;
  sleepsLong(): Promise<void>;
}>({ startToCloseTimeout: 2_000_000 });

const hasPassed = defineQuery<boolean>('hasPassed');

export async function sleepsAMonth(): Promise<string> {
  await sleep('30 days');
  return hello('sleeper');
}

export async function racesActivityAndTimer(): Promise<string> {
  return Promise.race([sleep(500_000).then(() => 'timer'), sleepsLong().then(() => 'activity')]);
}

export async function waitsADay(): Promise<void> {
  let isOver = false;
  setHandler(hasPassed, () => isOver);
  await sleep('1 day');
  isOver = true;
  await condition(() => false);
}
