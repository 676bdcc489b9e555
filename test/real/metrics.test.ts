/** A real Prometheus held to the contract of the `Metrics` port. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { metricsContract } from '../contract/metrics.contract.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers } from './servers/process.ts';
import { startPrometheus } from './servers/prometheus.ts';

const needed = need('prometheus');

describe.skipIf(!needed.have)(`a real Prometheus${needed.note}`, () => {
  lookAfterServers();
  metricsContract('Prometheus', async () => {
    if (!needed.have) throw new Error(needed.note);
    const prometheus = await startPrometheus(needed.paths.prometheus);
    return {
      ask: async (path) => {
        const response = await fetch(prometheus.url + path);
        const contentType = response.headers.get('content-type') ?? '';
        return { status: response.status, contentType, body: await response.text() };
      },
      push: prometheus.push,
      load: async (name, text) => {
        await prometheus.load([{ name, text }]);
        await evaluated(prometheus.url);
      },
      now: () => Date.now() / 1000,
      stop: prometheus.stop,
    };
  });
});

/** Until no rule's health is unknown any more. */
async function evaluated(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const text = await (await fetch(`${url}/api/v1/rules`)).text();
    if (text.includes('"health"') && !text.includes('"health":"unknown"')) return;
    await sleep(50);
  }
  throw new Error('the rules have not been evaluated');
}
