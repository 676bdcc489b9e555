/** `setup` without the looking around and without the doing: tells what was found, asks, writes the file, says what next. */
import { count } from '../render/layout.ts';
import { answersToYaml, twin } from './setup/answers.ts';
import type { Ask } from './setup/ask.ts';
import { askSetup, type Found, type TypedKeys } from './setup/questions.ts';

export interface SetupOptions {
  readonly found: Found;
  readonly ask: Ask;
  /** Where the file goes, and whether one is there. */
  readonly file: { readonly path: string; readonly exists: boolean };
  write(path: string, text: string): Promise<void>;
}

export interface SetupOutcome {
  /** False: the file that was there was kept, and nothing else happened. */
  readonly written: boolean;
  /** Whether the person wants to see the plan now. */
  readonly showPlan: boolean;
  /** To be handed to the plan and the apply of this very run, and to nothing else. */
  readonly keys?: TypedKeys;
}

/** Five questions, one file without secrets, and the command that does the same without questions. */
export async function setup({ found, ask, file, write }: SetupOptions): Promise<SetupOutcome> {
  ask.say(introduction(found));
  if (file.exists && !(await ask.yesNo(`${file.path} is there already. Replace it?`, false))) {
    ask.say(`${file.path} stays as it is. To see what it would do: acm-observability plan -f ${file.path}`);
    return { written: false, showPlan: false };
  }
  const { answers, keys } = await askSetup({ ask, found });
  await write(file.path, answersToYaml(answers));
  const has = found.store.keys === 'static' || found.store.keys === 'profile';
  const keysAre = answers.storage.provider === 'existing' ? 'none needed' : has ? 'found' : 'to be set';
  ask.say(`Wrote ${file.path} (no secrets inside). The same without questions, in CI:\n${twin(file.path, keysAre)}`);
  const showPlan = await ask.yesNo('Show the plan now?', true);
  return { written: true, showPlan, ...(keys === undefined ? {} : { keys }) };
}

/** What this is, that nothing happens yet, and what was found. */
export function introduction({ hub, clusters, missingRights }: Found): string {
  const available = clusters.filter((cluster) => cluster.available).length;
  const offline = clusters.filter((cluster) => !cluster.available).map(({ name }) => name);
  const rest = offline.length === 0 ? '' : `, ${offline.length} offline (${offline.join(', ')})`;
  const rights = missingRights.map(
    (right, index) => `${index === 0 ? '  FAIL  permission  you may not: ' : ' '.repeat(20)}${right}`,
  );
  return [
    'ACM observability setup: five questions, about two minutes.',
    'Nothing changes before you approve a plan. Ctrl-C is safe at any time.',
    `  ok    hub         ${hub.name}, ACM ${hub.acmVersion}, ${hub.api}`,
    `  ok    clusters    ${count(clusters.length, 'managed cluster')}: ${available} available${rest}`,
    ...(rights.length === 0 ? ['  ok    permission  you may do everything this setup needs'] : rights),
    hub.observability === undefined
      ? '  todo  install     observability is not installed'
      : `  note  install     ${hub.observability} is there: \`acm-observability config import\` writes a file of it`,
    '',
  ].join('\n');
}
