/** A shell for tests: streams that remember, a clock that stands, a person who is not there. */
import { PassThrough, Writable } from 'node:stream';
import type { Input, Output, Shell } from '../../src/cli/shell.ts';
import { Interrupted } from '../../src/cli/shell.ts';

export interface TestShell extends Shell {
  readonly told: { stdout: string; stderr: string };
  interrupt(by: Interrupted['by']): string[];
  /** Types into standard input. */
  type(text: string): void;
}

export function testShell(over: Partial<Pick<Shell, 'env' | 'isTTY' | 'columns' | 'cwd' | 'clock'>> = {}): TestShell {
  const told = { stdout: '', stderr: '' };
  const stdin: PassThrough = new PassThrough();
  const controller = new AbortController();
  const tellers = new Set<() => string>();
  return {
    env: {},
    cwd: '/nowhere',
    isTTY: false,
    columns: 80,
    clock: { now: () => Date.parse('2026-01-05T09:41:02Z'), sleep: () => new Promise(() => {}) },
    ...over,
    stdin: stdin satisfies Input,
    stdout: remember(told, 'stdout'),
    stderr: remember(told, 'stderr'),
    signal: controller.signal,
    told,
    onInterrupt(tell) {
      tellers.add(tell);
      return () => tellers.delete(tell);
    },
    interrupt(by) {
      const lines = [...tellers].map((tell) => tell());
      controller.abort(new Interrupted(by));
      return lines;
    },
    type: (text) => void stdin.write(text),
  };
}

function remember(told: TestShell['told'], name: keyof TestShell['told']): Output {
  return new Writable({
    write(chunk, _, done) {
      told[name] += String(chunk);
      done();
    },
  });
}
