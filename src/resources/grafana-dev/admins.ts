/** Who is an administrator of the development Grafana (`grafana.admins`). Somebody must have logged in once to become one. */
import type { Context } from '../../context.ts';
import type { Change, Resource } from '../../engine/step.ts';
import type { Grafana } from '../../ports.ts';
import { grafanaRights } from '../grafana-rights.ts';
import { noRights, readsOnly } from '../rights.ts';

export function grafanaAdmins({ cluster, config, grafanas }: Context): Resource {
  const { admins } = config.grafana;

  /** Those who have logged in and are no administrators yet, and those who never have. */
  const look = async (grafana: Grafana) => {
    const users = await Promise.all(admins.map(async (login) => ({ login, user: await grafana.user(login) })));
    const roles = new Map((await grafana.members()).map(({ id, role }) => [id, role]));
    return {
      awaited: users.filter(({ user }) => user === undefined).map(({ login }) => login),
      wanting: users.flatMap(({ user }) => (user === undefined || roles.get(user.id) === 'Admin' ? [] : [user])),
    };
  };

  return {
    name: 'administrators of the development Grafana',
    cluster: cluster.name,
    async plan(): Promise<Change> {
      const [grafana] = await grafanas('development');
      if (grafana === undefined) return { kind: 'unknown', because: 'the development Grafana does not run yet' };
      const { awaited, wanting } = await look(grafana);
      const note = `not logged in yet: ${awaited.join(', ')}; afterwards run \`acm-observability grafana grant-admin\``;
      const told = awaited.length === 0 ? {} : { note };
      if (wanting.length > 0) return { kind: 'update', diff: wanting.map(({ login }) => `+ Admin ${login}`), ...told };
      return awaited.length === 0 ? { kind: 'none' } : { kind: 'skip', reason: note };
    },
    async apply() {
      const [grafana] = await grafanas('development');
      if (grafana === undefined) return;
      for (const { id } of (await look(grafana)).wanting) await grafana.makeAdmin(id);
    },
    ready: async () => ({ state: 'ready' }),
    planRemoval: async () => ({ kind: 'none' }),
    remove: async () => {},
    gone: async () => ({ state: 'ready' }),
    rights(mode) {
      if (mode === 'uninstall') return noRights();
      return grafanaRights(cluster, 'development', readsOnly(mode) ? ['get'] : ['get', 'patch']);
    },
  };
}
