// Asking a service that answers "not yet" for hours: the retry policy asks again, so history keeps one activity, not hundreds.
import { ApplicationFailure } from 'perdure/activity';

export interface ParcelService {
  /** Undefined while it is on its way. */
  deliveredTo(parcel: string): Promise<string | undefined>;
}

export function makeActivities(service: ParcelService) {
  return {
    async deliveredTo(parcel: string): Promise<string> {
      const neighbour = await service.deliveredTo(parcel);
      if (neighbour !== undefined) return neighbour;
      throw ApplicationFailure.create({
        message: `Parcel ${parcel} is on its way.`,
        type: 'NotYet',
        category: 'BENIGN',
      });
    },
  };
}
