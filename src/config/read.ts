/** Reads the text of a file a person named, without ever taking in more than a configuration can be. */
import { open } from 'node:fs/promises';

const maxBytes = 1024 * 1024;

/** Why some text could not be had; the words fit after the name of the file. */
export class Unreadable extends Error {
  /** There is no such file. */
  get absent(): boolean {
    return this.cause instanceof Error && 'code' in this.cause && this.cause.code === 'ENOENT';
  }
}

/**
 * The text of a file (or pipe), UTF-8, at most 1 MiB.
 * @throws Unreadable
 */
export async function readText(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const status = await file.stat();
      if (status.isDirectory()) throw new Unreadable('is a folder');
      if (status.isFile() && status.size > maxBytes) throw new Unreadable('is larger than 1 MiB');
      return await collect(file.createReadStream({ autoClose: false }));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(reasonOf(error), { cause: error });
  }
}

/**
 * Everything a stream gives, as UTF-8 text of at most 1 MiB.
 * @throws Unreadable
 */
export async function collect(stream: AsyncIterable<string | Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.length;
    if (size > maxBytes) throw new Unreadable('is larger than 1 MiB');
    chunks.push(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw new Unreadable('is not UTF-8 text', { cause: error });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  EISDIR: 'is a folder',
  ENOTDIR: 'does not exist: part of its path is not a folder',
  ELOOP: 'is a link that leads back to itself',
  ENAMETOOLONG: 'has a name too long for this system',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  return reasons[code] ?? `cannot be read (${code})`;
}
