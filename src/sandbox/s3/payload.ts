/**
 * The payload behind a signed request: checked against its hash, or taken out of `aws-chunked` framing with its chunk
 * signatures and trailing checksum. A server that skips this stores the framing in the object (libraries.md §4.2).
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3Error } from './errors.ts';
import { type Caller, hmac, type RawS3Request, same, sha256 } from './signature.ts';

export interface Payload {
  readonly body: Buffer;
  /** `x-amz-checksum-crc32: …`, whether it came as a header or as a trailer. */
  readonly checksum?: { readonly header: string; readonly value: string };
}

const emptyHash = sha256('');

/** Throws `XAmzContentSHA256Mismatch`, `BadDigest`, `IncompleteBody` or `SignatureDoesNotMatch`. */
export function readPayload(request: RawS3Request, caller: Caller): Payload {
  const kind = request.headers['x-amz-content-sha256'];
  if (kind === undefined) {
    throw new S3Error('InvalidRequest', { message: 'Missing required header for this request: x-amz-content-sha256' });
  }
  if (kind.startsWith('STREAMING-')) return readStream(request, caller, kind);
  if (kind !== 'UNSIGNED-PAYLOAD' && sha256(request.body) !== kind) throw new S3Error('XAmzContentSHA256Mismatch');
  return withChecksum(request.body, request.headers);
}

function readStream(request: RawS3Request, caller: Caller, kind: string): Payload {
  const signed = kind.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  if (!signed && kind !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') throw new S3Error('NotImplemented');
  const { body, trailers, lastSignature } = unframe(request.body, signed ? caller : undefined);
  const announced = request.headers['x-amz-decoded-content-length'];
  if (announced !== undefined && Number(announced) !== body.length) throw new S3Error('IncompleteBody');
  const { 'x-amz-trailer-signature': signature, ...rest } = trailers;
  if (signed && kind.endsWith('-TRAILER')) checkTrailer(caller, lastSignature, rest, signature ?? '');
  return withChecksum(body, { ...request.headers, ...rest });
}

interface Unframed {
  readonly body: Buffer;
  readonly trailers: Record<string, string>;
  readonly lastSignature: string;
}

/** `HEX[;chunk-signature=…]CRLF data CRLF … 0[;…]CRLF trailers CRLF`. With a caller the chunks' signatures are checked. */
function unframe(framed: Buffer, caller: Caller | undefined): Unframed {
  const chunks: Buffer[] = [];
  let previous = caller?.signature ?? '';
  let at = 0;
  for (;;) {
    const lineEnd = framed.indexOf('\r\n', at);
    const head = /^([0-9a-f]+)(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(framed.toString('latin1', at, lineEnd));
    if (lineEnd < 0 || head === null) throw new S3Error('IncompleteBody');
    const size = Number.parseInt(head[1] ?? '', 16);
    const start = lineEnd + 2;
    const data = framed.subarray(start, start + size);
    if (data.length !== size) throw new S3Error('IncompleteBody');
    if (caller !== undefined) previous = checkChunk(caller, previous, data, head[2] ?? '');
    if (size === 0) {
      return { body: Buffer.concat(chunks), trailers: parseTrailers(framed, start), lastSignature: previous };
    }
    if (framed.toString('latin1', start + size, start + size + 2) !== '\r\n') throw new S3Error('IncompleteBody');
    chunks.push(data);
    at = start + size + 2;
  }
}

function parseTrailers(framed: Buffer, from: number): Record<string, string> {
  const lines = framed.toString('latin1', from).split('\r\n');
  const pairs = lines.filter((line) => line.includes(':')).map((line) => [line, line.indexOf(':')] as const);
  return Object.fromEntries(
    pairs.map(([line, colon]) => [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]),
  );
}

function checkChunk(caller: Caller, previous: string, data: Buffer, signature: string): string {
  const lines = ['AWS4-HMAC-SHA256-PAYLOAD', caller.date, caller.scope, previous, emptyHash, sha256(data)];
  return check(caller, lines, signature);
}

function checkTrailer(caller: Caller, previous: string, trailers: Record<string, string>, signature: string): void {
  const text = Object.entries(trailers).map(([name, value]) => `${name}:${value}\n`);
  check(caller, ['AWS4-HMAC-SHA256-TRAILER', caller.date, caller.scope, previous, sha256(text.join(''))], signature);
}

function check(caller: Caller, lines: readonly string[], signature: string): string {
  const expected = hmac(caller.signingKey, lines.join('\n')).toString('hex');
  if (!same(expected, signature)) throw new S3Error('SignatureDoesNotMatch');
  return expected;
}

type Digest = (body: Buffer) => Buffer;

function hash(algorithm: string): Digest {
  return (body) => createHash(algorithm).update(body).digest();
}

const digests: Readonly<Record<string, Digest>> = {
  'x-amz-checksum-crc32': (body) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(body));
    return bytes;
  },
  'x-amz-checksum-sha1': hash('sha1'),
  'x-amz-checksum-sha256': hash('sha256'),
};

function withChecksum(body: Buffer, headers: Readonly<Record<string, string>>): Payload {
  const md5 = headers['content-md5'];
  if (md5 !== undefined && hash('md5')(body).toString('base64') !== md5) throw new S3Error('BadDigest');
  const header = Object.keys(headers).find((name) => /^x-amz-checksum-(crc|sha)/.test(name));
  if (header === undefined) return { body };
  const digest = digests[header];
  if (digest === undefined) throw new S3Error('NotImplemented', { message: `${header} is not implemented.` });
  const value = headers[header] ?? '';
  if (digest(body).toString('base64') !== value) throw new S3Error('BadDigest');
  return { body, checksum: { header, value } };
}
