/** How questions are asked, as a port: the wizard knows no terminal, and a test answers from a list. */

interface Choice<T extends string> {
  readonly value: T;
  readonly name: string;
}

export interface TextQuestion {
  readonly message: string;
  /** Taken for an empty answer. */
  readonly default?: string;
  /** What is wrong with an answer, or `undefined`. */
  readonly fault?: (text: string) => string | undefined;
}

/** Every method rejects with the signal's reason, or an ExitPromptError at Ctrl-C; nothing is written then. */
export interface Ask {
  say(text: string): void;
  text(question: TextQuestion): Promise<string>;
  /** Not shown while it is typed. */
  secret(message: string): Promise<string>;
  yesNo(message: string, byDefault: boolean): Promise<boolean>;
  choose<T extends string>(message: string, choices: readonly Choice<T>[], byDefault: T): Promise<T>;
  pick(message: string, choices: readonly Choice<string>[]): Promise<string[]>;
}
