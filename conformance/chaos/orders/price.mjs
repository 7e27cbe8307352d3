// What an item costs; known to the activity and to the test.
export const priceOf = (item) => item * 3 + 1;

/** Every seventh item fails at its first attempt. */
export const failsAtFirst = (item) => item % 7 === 0;
