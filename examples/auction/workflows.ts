// Updates with a validator: a bid that is too low is refused and leaves no trace; many bid at the same time.
import { ApplicationFailure, condition, currentUpdateInfo, defineUpdate, setHandler } from 'perdure/workflow';

export interface Bid {
  readonly bidder: string;
  readonly cents: number;
}
export const bid = defineUpdate<Bid, [Bid]>('bid');

/** The highest bid when `openFor` has passed; undefined when nobody bid. */
export async function auction(reserveCents: number, openFor: number): Promise<Bid | undefined> {
  let best: Bid | undefined;
  const accepted = new Set<string>();
  setHandler(
    bid,
    (offer) => {
      accepted.add(currentUpdateInfo()?.id ?? '');
      return (best = offer);
    },
    {
      validator({ cents }) {
        const atLeast = best === undefined ? reserveCents : best.cents + 1;
        if (cents < atLeast)
          throw ApplicationFailure.create({ message: `Bid at least ${atLeast} cents.`, type: 'TooLow' });
      },
    },
  );
  await condition(() => accepted.size >= 1_000, openFor);
  return best;
}
