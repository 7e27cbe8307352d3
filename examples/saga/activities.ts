import { ApplicationFailure } from 'perdure/activity';

/** `broken` is out of order; `book` tells what was done. */
export function makeActivities(book: string[], broken?: 'flight' | 'hotel' | 'car') {
  const reserve = async (what: 'flight' | 'hotel' | 'car', traveller: string): Promise<string> => {
    if (what === broken)
      throw ApplicationFailure.create({ message: `no ${what} left`, type: 'SoldOut', nonRetryable: true });
    book.push(`${what} booked`);
    return `${what} for ${traveller}`;
  };
  const cancel = async (what: string): Promise<void> => void book.push(`${what} cancelled`);
  return {
    bookFlight: (traveller: string) => reserve('flight', traveller),
    bookHotel: (traveller: string) => reserve('hotel', traveller),
    bookCar: (traveller: string) => reserve('car', traveller),
    cancelFlight: (_traveller: string) => cancel('flight'),
    cancelHotel: (_traveller: string) => cancel('hotel'),
    cancelCar: (_traveller: string) => cancel('car'),
  };
}
