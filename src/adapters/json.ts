/** What came as text from elsewhere: read as JSON with suspicion, and shown in short where it is something else. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `undefined` for what is not JSON: an answer of its own kind, and the callers say so with the text. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Told by the callers, as above.
    return undefined;
  }
}

/** The beginning of a body on one line, fit to be shown. */
export function excerpt(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
