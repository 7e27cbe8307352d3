/** Prints what the expressions give in a process of its own, with the zone and language of its environment. */
import { answersInside, answersOutside } from './expressions.js';
import { SAME_AS_NODE, SAME_EVERYWHERE } from './same-as-node.js';

process.stdout.write(
  JSON.stringify({
    inside: await answersInside(SAME_AS_NODE),
    outside: await answersOutside(SAME_AS_NODE),
    everywhere: await answersInside(SAME_EVERYWHERE),
  }),
);
