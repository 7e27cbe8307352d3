// The workflows of the SDK measurements, on our SDK; the same as in ../official.
import { proxyActivities } from 'perdure/workflow';

const { greet } = proxyActivities({ startToCloseTimeout: '1 minute' });

export async function oneActivity() {
  return greet('world');
}
