// What was done is undone in reverse order when a later step fails.
import { ActivityFailure, ApplicationFailure, CancellationScope, log, proxyActivities } from 'perdure/workflow';
import type { makeActivities } from './activities.js';

const trip = proxyActivities<ReturnType<typeof makeActivities>>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 2, initialInterval: '10ms' },
});

export async function bookTrip(traveller: string): Promise<string> {
  const undo: (() => Promise<void>)[] = [];
  try {
    // The undo is written down first: a step that failed half-way may have been done.
    undo.push(() => trip.cancelFlight(traveller));
    const flight = await trip.bookFlight(traveller);
    undo.push(() => trip.cancelHotel(traveller));
    const hotel = await trip.bookHotel(traveller);
    undo.push(() => trip.cancelCar(traveller));
    const car = await trip.bookCar(traveller);
    return [flight, hotel, car].join(', ');
  } catch (error) {
    await CancellationScope.nonCancellable(() => undoAll(undo));
    const cause = error instanceof ActivityFailure ? error.cause : error;
    throw ApplicationFailure.create({ message: `No trip for ${traveller}`, type: 'TripFailed', cause: cause as Error });
  }
}

async function undoAll(undo: (() => Promise<void>)[]): Promise<void> {
  for (const step of undo.reverse()) {
    try {
      await step();
    } catch (error) {
      log.error('An undo failed; somebody must look at it.', { error });
    }
  }
}
