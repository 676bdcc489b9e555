/** What a command came to, and how it leaves the program: the one place that knows formats, files and standard output. */
import type { Report } from '../render/report.ts';

export interface CommandResult {
  readonly exitCode: number;
  /** Rendered in every format asked for. */
  readonly report?: Report;
  /** An answer that is not a report (`explain`, `config show`): printed as it is. */
  readonly text?: string;
}
