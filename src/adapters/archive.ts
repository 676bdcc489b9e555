/** A folder of texts as one `.tar.gz` (POSIX ustar), so that nobody needs a library to write or to read it. */
import { gzipSync } from 'node:zlib';

export interface ArchivedFile {
  /** Below the archive's root: ASCII, at most 100 bytes, as ustar has it. */
  readonly path: string;
  readonly text: string;
}

const block = 512;

/** `at` in milliseconds since the epoch. Throws a RangeError for a path ustar cannot hold. */
export function tarGz(files: readonly ArchivedFile[], at: number): Buffer {
  const parts = files.flatMap(({ path, text }) => {
    const body = Buffer.from(text);
    return [header(path, body.length, at), body, Buffer.alloc(padding(body.length))];
  });
  // Two empty blocks say that it is complete.
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]));
}

function padding(size: number): number {
  return (block - (size % block)) % block;
}

function header(path: string, size: number, at: number): Buffer {
  if (!/^[\x21-\x7e]{1,100}$/.test(path))
    throw new RangeError(`an archive cannot hold the path ${JSON.stringify(path)}`);
  const filled = Buffer.alloc(block);
  const put = (text: string, offset: number) => filled.write(text, offset, 'latin1');
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  put(path, 0);
  put(octal(0o600, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(size, 11), 124);
  put(octal(Math.floor(at / 1000), 11), 136);
  // The sum is taken with its own field as spaces.
  put(' '.repeat(8), 148);
  put('0', 156);
  put('ustar\u000000', 257);
  const sum = filled.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return filled;
}
