import { expect, it } from 'vitest';
import { certificates, hashring } from '../../src/checks/belongings.ts';
import type { KubeObject } from '../../src/kinds.ts';
import { makeCertificates } from '../../src/sandbox/serve/certificate.ts';
import { asked, start } from './small-hub.ts';

const namespace = 'open-cluster-management-observability';

async function secret(name: string, days: number, entries = ['ca.crt', 'tls.crt']): Promise<KubeObject> {
  const { ca, cert } = await makeCertificates(start, days);
  const all: Record<string, string> = { 'ca.crt': ca, 'tls.crt': cert };
  const data = Object.fromEntries(entries.map((entry) => [entry, Buffer.from(all[entry] ?? '').toString('base64')]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data };
}

it('a certificate that is not there is no certificate that is good', async () => {
  const server = 'observability-server-certs';
  const grafana = 'observability-grafana-certs';
  const said = async (...objects: KubeObject[]) => (await asked(certificates, { objects })).hub;

  expect(await said(await secret(server, 300), await secret(grafana, 300))).toMatch(/^pass: (299|300) days left/);
  expect(await said(await secret(server, 300))).toBe(`skip: not there: Secret ${grafana}`);
  expect(await said(await secret(server, 10))).toContain('warn certificate-ending');
  expect(await said(await secret(server, 300, ['ca.crt']), await secret(grafana, 300))).toContain(
    `fail certificate-ending: Secret ${server}, tls.crt is no certificate`,
  );
});

it('a hashring is not whole because there is nothing to hold it against', async () => {
  const name = 'observability-thanos-receive-controller-tenants-generated';
  const data = { 'hashrings.json': '[]' };

  const said = await asked(hashring, {
    objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }],
  });

  expect(said.hub).toBe('skip: there is no StatefulSet observability-thanos-receive-default');
});
