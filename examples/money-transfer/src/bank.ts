// The bank: an account book on disk that does each booking once, however often it is asked, and from however many processes.
//
// (The check of a balance is per process; a real bank would do it in the same write.)
// A booking is one file named after its idempotency key. It is written beside its place, flushed, and linked into it; a link
// fails where a file is, so the first one stays. Balances are the sum of all bookings: nothing can be half done.
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A movement of money on one account, in cents; negative amounts leave it. */
export interface Booking {
  readonly key: string;
  readonly account: string;
  readonly amountCents: number;
}

/** The account does not exist, or its balance is too low. Trying again does not help. */
export class BookingRefused extends Error {
  override readonly name = 'BookingRefused';
}

export interface Bank {
  /** Opens an account with its first money; does nothing if it is open. */
  open(account: string, amountCents: number): void;
  /** Books once per key; a repetition changes nothing and says so. Throws `BookingRefused`. */
  book(booking: Booking): 'booked' | 'repeated';
  /** Throws `BookingRefused` for an unknown account. */
  balanceCents(account: string): number;
  /** All bookings, openings too, in no order. */
  bookings(): Booking[];
}

/** Opens the book in `folder`, which is made if it is missing. */
export function openBank(folder: string): Bank {
  mkdirSync(folder, { recursive: true });
  const bookings = (): Booking[] => readBookings(folder);
  const balanceCents = (account: string): number => {
    const own = bookings().filter((booking) => booking.account === account);
    if (own.length === 0) throw new BookingRefused(`there is no account ${account}`);
    return own.reduce((sum, { amountCents }) => sum + amountCents, 0);
  };
  return {
    open: (account, amountCents) => void writeOnce(folder, { key: `open-${account}`, account, amountCents }),
    book(booking) {
      if (bookings().some(({ key }) => key === booking.key)) return 'repeated';
      if (balanceCents(booking.account) + booking.amountCents < 0)
        throw new BookingRefused(`account ${booking.account} has too little money`);
      return writeOnce(folder, booking) ? 'booked' : 'repeated';
    },
    balanceCents,
    bookings,
  };
}

function readBookings(folder: string): Booking[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Booking);
}

/** True when this call wrote the booking, false when it was there. On disk before it returns. */
function writeOnce(folder: string, booking: Booking): boolean {
  const path = join(folder, `${encodeURIComponent(booking.key)}.json`);
  const draft = join(folder, `.${process.pid}-${process.hrtime.bigint()}`);
  writeDurably(draft, JSON.stringify(booking));
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
  flushFolder(folder);
  return true;
}

function writeDurably(path: string, content: string): void {
  const file = openSync(path, 'wx');
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function flushFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
