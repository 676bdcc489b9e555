import type { Context } from '../src/context.ts';
import { Problem } from '../src/engine/problem.ts';
import { defineStep } from '../src/engine/step.ts';
import { observability } from './observability.ts';

/** A second Grafana in which dashboards can be drawn; the one ACM deploys forgets what is made by hand. */
export const grafanaDev = defineStep<Context>({
  id: 'grafana-dev',
  title: 'A development Grafana',
  requires: [observability],
  skip: ({ config }) => (config.grafana.dev ? undefined : 'grafana.dev is false'),
  resources({ config }) {
    if (!config.grafana.dev) return [];
    throw new Problem('not-available', 'grafana.dev: this version does not deploy a development Grafana', {
      fix: 'Set grafana.dev: false.',
    });
  },
});
