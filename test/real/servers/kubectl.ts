/** A real kubectl, as a person or a pipeline calls it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface KubectlAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `kubectl ARGS < input`, with nothing of this machine's own configuration. */
export async function kubectl(
  command: string,
  kubeconfig: string,
  args: readonly string[],
  input = '',
): Promise<KubectlAnswer> {
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', KUBECONFIG: kubeconfig };
  const child = spawn(command, args, { env, stdio: 'pipe', timeout: 60_000 });
  child.stdin.end(input);
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const [code]: [number | null] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, out: await out, err: await err };
}
