/** The ways the store can be told to misbehave. */
import { S3Error } from './errors.ts';
import type { Operation } from './operations.ts';

/**
 * `refuse-writes`: every write is `AccessDenied`. `deny-delete`: only DeleteObject is. `wrong-bytes`: GetObject gives back
 * other bytes. `slow`: every answer two seconds late. `slow-down`: 503 for everything.
 */
export type S3Fault = 'refuse-writes' | 'deny-delete' | 'wrong-bytes' | 'slow' | 'slow-down';

export const slowMs = 2_000;

/** Throws the error a fault asks for. */
export function refuse(faults: ReadonlySet<S3Fault>, operation: Operation): void {
  if (faults.has('slow-down')) throw new S3Error('SlowDown', { headers: { 'retry-after': '1' } });
  if (faults.has('refuse-writes') && operation.write) throw new S3Error('AccessDenied');
  if (faults.has('deny-delete') && operation.action === 's3:DeleteObject') throw new S3Error('AccessDenied');
}

/** The body, with every byte turned, when the store gives back wrong bytes. */
export function spoil(faults: ReadonlySet<S3Fault>, operation: Operation, body: Buffer): Buffer {
  if (!faults.has('wrong-bytes') || operation.action !== 's3:GetObject') return body;
  return Buffer.from(body.map((byte) => byte ^ 0xff));
}
