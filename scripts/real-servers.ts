/** `npm run real-servers`: makes sure the programs of `npm run test:real` are there, and says which, whence and how long. */
import { provide } from '../test/real/servers/build.ts';
import { type ProgramName, programNames, programs } from '../test/real/servers/programs.ts';

/** Names on the command line; all of them unless told. */
const asked = process.argv.slice(2);
const wanted = programNames.filter((one) => asked.length === 0 || asked.includes(one));
/** What is made of Kubernetes shares most of its packages: one after the other, each finds those of the one before. */
const ofKubernetes = (name: ProgramName) => {
  const source = programs[name];
  return source.by === 'go' && source.module === 'kubernetes';
};
let missing = 0;

async function inTurn(names: readonly ProgramName[]): Promise<void> {
  for (const name of names) {
    const outcome = await provide(name);
    if ('found' in outcome) console.log(`${name}: ${outcome.found.path} (${outcome.found.origin})`);
    else if ('built' in outcome) console.log(`${name}: made in ${outcome.seconds} s`);
    else {
      missing += 1;
      console.log(`${name}: missing, its tests are skipped: ${outcome.missing}`);
    }
  }
}

// Two at a time: while one is fetched or linked, which keeps one core busy at most, the other is compiled.
await Promise.all([inTurn(wanted.filter(ofKubernetes)), inTurn(wanted.filter((name) => !ofKubernetes(name)))]);
if (missing > 0 && process.env.CI) {
  console.error(`In CI nothing may be skipped: ${missing} missing.`);
  process.exitCode = 1;
}
