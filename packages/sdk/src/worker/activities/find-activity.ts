/** The function of an activity by its name. */
import { ApplicationFailure } from '../../conversion/failure.js';
import type { ActivityFunction } from '../../conversion/workflow-types.js';
import { suggestNames } from '../../workflow/runtime/suggest.js';

/** An activity named `default` takes whatever has no function of its own. Throws a retryable ApplicationFailure. */
export function findActivity(
  activities: ReadonlyMap<string, ActivityFunction>,
  activityType: string,
): ActivityFunction {
  const fn = activities.get(activityType) ?? activities.get('default');
  if (fn !== undefined) return fn;
  throw ApplicationFailure.create({
    type: 'NotFoundError',
    message:
      `Activity function ${activityType} is not registered on this Worker. ` +
      suggestNames(activityType, activities.keys(), 'activities'),
    nonRetryable: false,
  });
}
