/** A real Prometheus, and a real Thanos Query with Receive and ruler, held to the contract of the `Metrics` port. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { type MetricsWorld, metricsContract } from '../contract/metrics.contract.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers } from './servers/process.ts';
import { startPrometheus } from './servers/prometheus.ts';
import { type RunningRuler, startQuery, startRuler } from './servers/thanos.ts';

const needed = need('prometheus');
const neededThanos = need('thanos');

describe.skipIf(!needed.have)(`a real Prometheus${needed.note}`, () => {
  lookAfterServers();
  metricsContract('Prometheus', async () => {
    if (!needed.have) throw new Error(needed.note);
    const prometheus = await startPrometheus(needed.paths.prometheus);
    return {
      ask: asking(prometheus.url),
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

describe.skipIf(!neededThanos.have)(`a real Thanos Query${neededThanos.note}`, () => {
  lookAfterServers();
  metricsContract('Thanos Query', async () => {
    if (!neededThanos.have) throw new Error(neededThanos.note);
    const { thanos } = neededThanos.paths;
    const query = await startQuery(thanos);
    const rulers: RunningRuler[] = [];
    return {
      ask: asking(query.url),
      push: query.push,
      load: async (name, text) => {
        rulers.push(await startRuler(thanos, query.url, [{ name, text }], query.rulerPort));
        await evaluated(query.url);
      },
      now: () => Date.now() / 1000,
      stop: async () => {
        for (const ruler of rulers) await ruler.stop();
        await query.stop();
      },
    };
  });
});

function asking(url: string): MetricsWorld['ask'] {
  return async (path) => {
    const response = await fetch(url + path);
    const contentType = response.headers.get('content-type') ?? '';
    return { status: response.status, contentType, body: await response.text() };
  };
}

/** Until no rule's health is unknown any more. */
async function evaluated(url: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const text = await (await fetch(`${url}/api/v1/rules`)).text();
    if (text.includes('"health"') && !text.includes('"health":"unknown"')) return;
    await sleep(50);
  }
  throw new Error('the rules have not been evaluated');
}
