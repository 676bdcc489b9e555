/** A certificate authority made for one run, and the certificate of the sandbox's server signed by it. */
import { generate } from 'selfsigned';

export interface Certificates {
  /** PEM */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const dayMs = 86_400_000;

/** Valid for 127.0.0.1 and localhost, from a day ago for these days. */
export async function makeCertificates(now: number, days = 365): Promise<Certificates> {
  const validity = { notBeforeDate: new Date(now - dayMs), notAfterDate: new Date(now + days * dayMs) };
  const common = { ...validity, keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
  const authority = await generate([{ name: 'commonName', value: 'acm-observability sandbox CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'acm-observability sandbox' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}
