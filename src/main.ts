/**
 * The process: signals in, exit code out. The only place that ends the process or listens to signals; everything else
 * works on a Shell.
 */
import { bugText } from './cli/failure.ts';
import { runProgram } from './cli/program.ts';
import { registry } from './cli/registry.ts';
import { processShell } from './cli/shell.ts';
import { exits } from './engine/exits.ts';

// Client libraries are loaded later, by the commands that need them: their advice about Node is not for our users, and a
// machine outside AWS must not wait for an address that never answers (libraries.md §4.2).
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
process.env.AWS_EC2_METADATA_DISABLED ??= 'true';

// Nor are warnings of libraries: what is odd about a document is told by who reads it.
process.removeAllListeners('warning');

/** Milliseconds a stopped run has to let go of what it holds. What it was writing is safe to cut: running again goes on. */
const grace = 5_000;

async function main(): Promise<void> {
  const { shell, interrupt } = processShell();

  for (const [signal, code] of [
    ['SIGINT', exits.interrupted],
    ['SIGTERM', exits.terminated],
  ] as const) {
    process.on(signal, () => {
      if (shell.signal.aborted) process.exit(code);
      setTimeout(() => process.exit(code), grace).unref();
      const standing = interrupt(signal);
      shell.stderr.write(`\nStopping. ${[...standing, 'Once more stops at once.'].join(' ')}\n`);
    });
  }
  process.on('uncaughtException', (error) => {
    shell.stderr.write(`${bugText(error, { command: 'in the background', options: undefined })}\n`);
    process.exit(exits.bug);
  });

  process.exit(await runProgram(process.argv.slice(2), registry, shell));
}

await main();
