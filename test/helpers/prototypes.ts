import { afterEach, expect } from 'vitest';

/**
 * Documents and answers come from elsewhere, and may hold `__proto__`. What followed it would change every object of the
 * process: seen where it happens, and not in the files that happen to run next.
 */
afterEach(() => {
  const inherited: string[] = [];
  for (const name in {}) inherited.push(name);
  for (const name of inherited) Reflect.deleteProperty(Object.prototype, name);
  expect(inherited, 'fields every object has from now on').toEqual([]);
});
