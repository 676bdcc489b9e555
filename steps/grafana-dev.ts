import type { Context } from '../src/context.ts';
import { defineStep } from '../src/engine/step.ts';
import { observability } from './observability.ts';

/** A second Grafana in which dashboards can be drawn; the one ACM deploys forgets what is made by hand. Its place in the list. */
export const grafanaDev = defineStep<Context>({
  id: 'grafana-dev',
  title: 'A development Grafana',
  requires: [observability],
  // `grafana.dev: true` never gets here: it is refused when the configuration is read.
  skip: () => 'grafana.dev is false',
  resources: () => [],
});
