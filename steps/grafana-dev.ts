import type { Context } from '../src/context.ts';
import { defineStep } from '../src/engine/step.ts';
import { grafanaDevLeft, grafanaDevResources } from '../src/resources/grafana-dev/index.ts';
import { development } from '../src/resources/grafana-dev/names.ts';
import { on } from '../src/resources/rights.ts';
import { observability } from './observability.ts';

/** A second Grafana in which dashboards can be drawn; the one ACM deploys forgets what is made by hand. */
export const grafanaDev = defineStep<Context>({
  id: 'grafana-dev',
  title: 'A development Grafana',
  requires: [observability],
  skip: ({ config }) => (config.grafana.dev ? undefined : 'grafana.dev is false'),
  resources: (context) => (context.config.grafana.dev ? grafanaDevResources(context, { removesLeftovers: false }) : []),
  // Deployed by `grafana deploy`, without the configuration saying so: an uninstall finds it all the same.
  owned: (context) => (context.config.grafana.dev ? Promise.resolve([]) : grafanaDevLeft(context)),
  rights: ({ cluster, config }, mode) =>
    config.grafana.dev || mode !== 'uninstall'
      ? []
      : on(cluster, development.oauth.kind, development.oauth.key, ['get']),
});
