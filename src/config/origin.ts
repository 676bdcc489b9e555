/** Where a value came from, and what is wrong with one: both name a place a person can go to. */

export interface Origin {
  readonly source: 'flag' | 'environment' | 'file' | 'ambient' | 'default';
  /** `acm-observability.yaml:12:3`, the variable, the flag, or `default`. */
  readonly detail: string;
}

/** One thing wrong, as one line: `acm-observability.yaml:12:5 storage.bukket: unknown key; did you mean bucket?` */
export interface Issue {
  readonly code: 'configuration-invalid' | 'bucket-name-invalid' | 'secret-in-configuration';
  /** File, line and column, a variable or a flag. */
  readonly place: string;
  /** The key concerned; absent when it is the whole file. */
  readonly path?: string;
  readonly message: string;
}

/** `accept[0].until` */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${shown(step)}`))
    .join('');
}

/** A key as it may be shown. Only what reads like a key is repeated: anything else could be a secret gone astray. */
export function shown(key: PropertyKey): string {
  const text = String(key);
  return /^[A-Za-z0-9_./-]{1,63}$/.test(text) ? text : '(a key)';
}

export function issueLine({ place, path, message }: Issue): string {
  return path === undefined || path === '' ? `${place}: ${message}` : `${place} ${path}: ${message}`;
}
