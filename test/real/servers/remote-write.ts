/** Prometheus remote write, the little of it that samples need: protobuf in snappy's block format, literals only. */
import type { Sample } from '../../../src/ports.ts';

/** Sends samples; labels carry `__name__`. Resolves when they are stored; throws an Error with the server's words. */
export async function remoteWrite(url: string, samples: readonly Sample[]): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: snappyBlock(Buffer.concat(samples.map((sample) => message(1, seriesOf(sample))))),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`remote write: HTTP ${response.status}: ${text}`);
}

/** `TimeSeries`: labels sorted by name, and one sample. */
function seriesOf({ labels, value, timestamp }: Sample): Buffer {
  const names = Object.keys(labels).sort();
  const pairs = names.map((name) => message(1, Buffer.concat([text(1, name), text(2, labels[name] ?? '')])));
  const double = Buffer.alloc(9);
  double[0] = (1 << 3) | 1;
  double.writeDoubleLE(value, 1);
  const milliseconds = Buffer.concat([Buffer.from([2 << 3]), varint(BigInt(Math.round(timestamp * 1000)))]);
  return Buffer.concat([...pairs, message(2, Buffer.concat([double, milliseconds]))]);
}

function text(field: number, value: string): Buffer {
  return message(field, Buffer.from(value, 'utf8'));
}

/** A length-delimited field. */
function message(field: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(BigInt(body.length)), body]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

const longestLiteral = 65_536;

/** Valid, and not compressed at all: literals of up to 64 KB with their length in two bytes. */
function snappyBlock(body: Buffer): Buffer<ArrayBuffer> {
  const parts: Buffer[] = [varint(BigInt(body.length))];
  for (let at = 0; at < body.length; at += longestLiteral) {
    const literal = body.subarray(at, at + longestLiteral);
    const head = Buffer.from([61 << 2, 0, 0]);
    head.writeUInt16LE(literal.length - 1, 1);
    parts.push(head, literal);
  }
  return Buffer.concat(parts);
}
