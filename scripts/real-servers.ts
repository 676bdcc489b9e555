/** `npm run real-servers`: makes sure the programs of `npm run test:real` are there, and says which, whence and how long. */
import { provide } from '../test/real/servers/build.ts';
import { programNames } from '../test/real/servers/programs.ts';

/** Names on the command line; all of them unless told. */
const asked = process.argv.slice(2);
let missing = 0;
// One at a time: each build uses every core it gets.
for (const name of programNames.filter((one) => asked.length === 0 || asked.includes(one))) {
  const outcome = await provide(name);
  if ('found' in outcome) console.log(`${name}: ${outcome.found.path} (${outcome.found.origin})`);
  else if ('built' in outcome) console.log(`${name}: made in ${outcome.seconds} s`);
  else {
    missing += 1;
    console.log(`${name}: missing, its tests are skipped: ${outcome.missing}`);
  }
}
if (missing > 0 && process.env.CI) {
  console.error(`In CI nothing may be skipped: ${missing} missing.`);
  process.exitCode = 1;
}
