/**
 * The demo's output as the README shows it: what differs from one run to the next (times, ids, ports) made equal. The
 * README's transcript is generated from the demo, and a test compares the two.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface DemoRun {
  readonly exitCode: number | null;
  /** Standard output, as it is. */
  readonly output: string;
  readonly errors: string;
}

/** Runs the built program's demo without a terminal. */
export function runDemo(): Promise<DemoRun> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, COLUMNS: '100' };
    const child = spawn(process.execPath, [program, 'demo'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, output, errors }));
  });
}

/** Times, run ids and ports made equal; table columns keep their width. */
export function normalised(output: string): string {
  return output
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:6443')
    .replace(/\bRun [0-9a-f]{4}\b/g, 'Run 7f3a')
    .replace(/((?:\d+m)?\d+s ago)( *)/g, (all, _, spaces: string) =>
      spaces === '' ? '2s ago' : '2s ago'.padEnd(all.length),
    )
    .replace(
      / (\d+m)?\d+(\.\d+)?s( +)(ok|FAIL|warn)/g,
      (all, _m, _f, _s, word: string) => `${' 2s'.padEnd(all.length - word.length)}${word}`,
    )
    .replace(/(, |\()(\d+m)?\d+(\.\d+)?s(\)|\.)/g, (_, open: string, _m, _f, close: string) => `${open}2s${close}`)
    .replace(/the slowest is [\w-]+, /g, 'the slowest is quest-1, ');
}

/** For comparing: how wide a column came out is not what the demo shows. */
export function compared(text: string): string {
  return (
    normalised(text)
      .split('\n')
      .map((line) => line.replace(/\s+/g, ' ').trim())
      .join('\n')
      // ACM owns the pull secret by now: whether we or the garbage collector take it first is a race (measured.md §1.2).
      .replace(/^(local-cluster) \d+ (0 \d+) \d+ (0 - )/gm, '$1 n $2 n $3')
      .trim()
  );
}

const section = /(<!-- demo: [^>]*-->\n)[\s\S]*?(<!-- \/demo -->)/;

/** The README with another transcript. */
export function withTranscript(readme: string, transcript: string): string {
  return readme.replace(
    section,
    (_, open: string, close: string) => `${open}\n\`\`\`\n${transcript.trim()}\n\`\`\`\n\n${close}`,
  );
}

/** The transcript in a README. */
export function transcriptIn(readme: string): string {
  return (section.exec(readme)?.[0] ?? '').replace(/^[\s\S]*?```\n/, '').replace(/\n```[\s\S]*$/, '');
}
