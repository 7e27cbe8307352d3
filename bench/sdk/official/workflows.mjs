// The workflows of the SDK measurements, on the official SDK; the same as in ../perdure.
import { proxyActivities } from '@temporalio/workflow';

const { greet } = proxyActivities({ startToCloseTimeout: '1 minute' });

export async function oneActivity() {
  return greet('world');
}
