/** Which module does which command. Nothing is loaded before it is asked for: `--help` costs no client library. */
import type { Registry } from './commands.ts';

export const registry: Registry = {};
