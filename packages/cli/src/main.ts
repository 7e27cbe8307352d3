/** The `perdure` command, module by module; `bin/perdure.js` runs it as a bundle where there is one. */
import { runHere } from './run-here.js';

await runHere();
