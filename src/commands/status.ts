/** The bare command: one screen. Which hub, what is installed, the next command. It never starts work. */
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { isProblem } from '../engine/problem.ts';
import { isAvailable } from '../fleet/members.ts';
import { condition } from '../kinds.ts';
import { openSession, type Session } from './session.ts';

export async function statusCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  try {
    const session = await openSession(options, shell);
    try {
      return { exitCode: 0, text: screen(session) };
    } finally {
      await session.close();
    }
  } catch (error) {
    // Not having a hub at hand is an answer here, not a failure: this command is the way in.
    if (!isProblem(error)) throw error;
    const lines = [
      row('hub', `${error.message} (${error.code})`),
      row('next', error.fix),
      row('try', 'acm-observability demo'),
      row('help', 'acm-observability --help'),
    ];
    return { exitCode: 0, text: lines.join('\n') };
  }
}

function screen({ context }: Session): string {
  const { hub } = context;
  const [object] = hub.observabilities;
  const available = hub.managedClusters.filter(isAvailable).length;
  const ready = condition(object, 'Ready')?.status === 'True';
  const installed = object === undefined ? 'nothing yet' : `${object.metadata.name}, ${ready ? 'Ready' : 'not Ready'}`;
  const next = object === undefined ? 'setup' : ready ? 'verify' : 'wait';
  return [
    row('hub', `${hub.name} at ${hub.api}, ACM ${hub.acmVersion}`),
    row('clusters', `${hub.managedClusters.length} managed, ${available} available`),
    row('installed', installed),
    row('next', `acm-observability ${next}`),
    row('help', 'acm-observability --help'),
  ].join('\n');
}

function row(name: string, text: string): string {
  return `${name.padEnd(10)} ${text}`;
}
