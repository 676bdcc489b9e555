/**
 * What somebody sees in Grafana (`verify --for-user`). Its data source narrows every query to clusters whose project the person
 * may see, or that a role names with verbs `metrics/NAMESPACE`; to who sees none it answers with HTTP 200 and nothing (acm.md
 * §4.5). The hub's authorizer is asked about them: nobody's token is needed, and nothing is done in their name.
 */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import { describeRights, type Right } from '../engine/rights.ts';
import { shellWord } from '../engine/shell-word.ts';
import type { Check, Finding } from '../engine/step.ts';
import type { Member } from '../fleet/members.ts';
import { ClusterRoleBindingKind, ClusterRoleKind, UserGroupKind } from '../kinds.ts';
import { shared } from '../looks.ts';
import type { Access, Review } from '../ports.ts';
import { on, optional } from '../resources/rights.ts';
import { clusterCheck } from './cluster.ts';
import { fail, hubCheck } from './hub.ts';
import { accountOf, type Scope, scopeOn, subjectOf, type Viewer } from './viewer-rights.ts';

/** What OpenShift's own list of projects is made by. */
const toSee = (cluster?: string): Access => ({
  verb: 'get',
  group: '',
  resource: 'namespaces',
  ...(cluster === undefined ? {} : { namespace: cluster, name: cluster }),
});

/** What Grafana's proxy lets in by (acm.md §10.2). */
const toEnter: Access = { verb: 'list', group: '', resource: 'projects' };

const purpose = 'what somebody sees in Grafana: verify --for-user';

export function viewerRights({ cluster }: Pick<Context, 'cluster'>): Right[] {
  const ask = { verb: 'create', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' };
  return optional(purpose, [{ cluster: cluster.name, ...ask }, ...lookRights({ cluster })]);
}

function lookRights({ cluster }: Pick<Context, 'cluster'>): Right[] {
  return [UserGroupKind, ClusterRoleKind, ClusterRoleBindingKind].flatMap((kind) => on(cluster, kind, {}, ['list']));
}

type Sight =
  | { readonly sees: 'yes'; readonly how: string }
  | { readonly sees: 'no' }
  /** Not by what could be looked at. */
  | { readonly sees: 'unknown' };

interface Sights {
  readonly entry: Review;
  readonly of: ReadonlyMap<string, Sight>;
  /** Everything was looked at that could let them in. */
  readonly complete: boolean;
}

/** Milliseconds one look serves both hops. */
const goodFor = 10_000;

/** Of the hub whether they are let in and see anything, of each cluster whether they are shown it and by what. */
export function viewerHops(viewer: Viewer, context: Context): Check<Context>[] {
  const look = shared(() => lookFor(context, viewer), context.clock, goodFor);
  return [sees(viewer, look), shown(viewer, look)];
}

/** One review for the whole fleet; where that is refused, one for each cluster. */
async function lookFor({ cluster: hub, members }: Context, viewer: Viewer): Promise<Sights> {
  const { subject, scopes, complete } = await subjectOf(hub, viewer);
  const [entry = refused, everywhere = refused] = await hub.review(subject, [toEnter, toSee()]);
  const each = everywhere.allowed
    ? []
    : await hub.review(
        subject,
        members.map(({ name }) => toSee(name)),
      );
  const of = members.map(({ name }, at) => {
    const project = everywhere.allowed ? everywhere : (each[at] ?? refused);
    return [name, sightOf(project, scopeOn(name, scopes ?? []), { narrowed: scopes !== undefined, complete })] as const;
  });
  return { entry, of: new Map(of), complete };
}

const refused: Review = { allowed: false };

/** A role with verbs `metrics/…` counts before the project (acm.md §4.5). */
function sightOf(
  project: Review,
  scope: Scope | undefined,
  { narrowed, complete }: { readonly narrowed: boolean; readonly complete: boolean },
): Sight {
  if (scope !== undefined) {
    const what = scope.namespaces === 'all' ? 'all of it' : `its namespaces ${scope.namespaces.join(', ')}`;
    return { sees: 'yes', how: `${what}: ClusterRole ${scope.role} has verbs metrics/…` };
  }
  const unsure = narrowed ? '' : '; whether a role narrows it to some namespaces could not be looked at';
  if (project.allowed)
    return { sees: 'yes', how: `all of it: ${project.reason ?? 'the project may be seen'}${unsure}` };
  return { sees: complete ? 'no' : 'unknown' };
}

function sees(viewer: Viewer, look: () => Promise<Sights>): Check<Context> {
  const title = `${viewer.user} sees clusters in Grafana`;
  return hubCheck('viewer', title, ['acm'], viewerRights, async (context) => {
    const { entry, of, complete } = await look();
    if (!entry.allowed) return complete ? fail(notLetIn(viewer)) : unseen(context, `whether ${title}`);
    const seen = [...of].filter(([, { sees }]) => sees === 'yes').map(([name]) => name);
    if (seen.length > 0) return { verdict: 'pass', evidence: `${seen.length} of ${of.size} clusters` };
    if (!complete) return unseen(context, `whether ${title}`);
    return fail(seesNothing(viewer, context.members));
  });
}

function shown(viewer: Viewer, look: () => Promise<Sights>): Check<Context> {
  const title = `Grafana shows it to ${viewer.user}`;
  return clusterCheck('visible', title, ['viewer'], viewerRights, async (context) => {
    const { of } = await look();
    return ({ name }) => {
      const sight = of.get(name);
      if (sight?.sees === 'yes') return { verdict: 'pass', evidence: sight.how };
      if (sight?.sees === 'no')
        return { verdict: 'skip', reason: `not shown to ${viewer.user}: no role in project ${name}` };
      return unseen(context, `${name}: whether ${viewer.user} is shown it`);
    };
  });
}

/** The hub refuses it, whichever cluster it is about. */
function unseen(context: Context, what: string): Finding {
  const detail = `${what} could not be looked at; missing: ${describeRights(lookRights(context).map(local))}`;
  return { verdict: 'unknown', problem: new Problem('not-permitted', detail) };
}

function local({ cluster: _, ...right }: Right): Right {
  return right;
}

function notLetIn(viewer: Viewer): Problem {
  const { user } = viewer;
  const grant = `oc create clusterrolebinding ${nameFor('basic-user', user)} --clusterrole=basic-user ${toWhom(viewer)}`;
  return new Problem('user-not-let-in', `${user} may not list projects`, { fix: `Let them in: \`${grant}\`.` });
}

function seesNothing(viewer: Viewer, members: readonly Member[]): Problem {
  const { user } = viewer;
  const first = (members.find(({ isHub }) => !isHub) ?? members[0])?.name ?? 'CLUSTER';
  const grant = `oc -n ${first} create rolebinding ${nameFor('grafana-view', user)} --clusterrole=view ${toWhom(viewer)}`;
  const detail = `${user} may see no project of ${members.length === 1 ? first : `${members.length} clusters`}`;
  const fix = `Let them see a cluster, and each other one alike: \`${grant}\`. Grafana follows within minutes.`;
  return new Problem('user-sees-nothing', detail, { fix });
}

function toWhom({ user }: Viewer): string {
  const account = accountOf(user);
  return account === undefined ? `--user=${shellWord(user)}` : `--serviceaccount=${account.namespace}:${account.name}`;
}

function nameFor(role: string, user: string): string {
  const plain = user
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return plain === '' ? role : `${role}-${plain}`;
}
