/** The part of Grafana's HTTP API that is asked here, as Grafana 11 answers it on its own port, trusting a header (acm.md §10.4). */
import { isFields } from '../api/objects.ts';
import { type Dashboard, type Database, Refusal, type Role, type User } from './database.ts';

export interface GrafanaRequest {
  readonly method: string;
  /** Begins with `/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** Who the trusted header names; absent: nobody is signed in. */
  readonly login: string | undefined;
}

export interface GrafanaAnswer {
  readonly status: number;
  readonly body: unknown;
}

interface Call extends GrafanaRequest {
  readonly database: Database;
  readonly user: User;
  /** What the path's pattern caught. */
  readonly caught: readonly string[];
}

type Handler = (call: Call) => unknown;

const version = '11.6.1';
const roles: readonly string[] = ['Viewer', 'Editor', 'Admin'];
/** The most entries one page of a search may hold. */
const largestPage = 5000;

const routes: readonly (readonly [method: string, path: RegExp, least: Role, handler: Handler])[] = [
  ['GET', /^\/api\/users\/lookup$/, 'Admin', lookup],
  ['GET', /^\/api\/orgs\/1\/users$/, 'Admin', ({ database }) => database.members().map(memberOf)],
  ['PATCH', /^\/api\/orgs\/1\/users\/(\d+)$/, 'Admin', changeRole],
  ['GET', /^\/api\/folders$/, 'Viewer', listFolders],
  ['POST', /^\/api\/folders$/, 'Editor', createFolder],
  ['GET', /^\/api\/search$/, 'Viewer', search],
  ['GET', /^\/api\/dashboards\/uid\/([^/]+)$/, 'Viewer', readDashboard],
  ['DELETE', /^\/api\/dashboards\/uid\/([^/]+)$/, 'Editor', removeDashboard],
  ['POST', /^\/api\/dashboards\/db$/, 'Editor', saveDashboard],
];

/** Never throws but for mistakes in this program. */
export function answerGrafana(database: Database, request: GrafanaRequest): GrafanaAnswer {
  if (request.path === '/api/health') return { status: 200, body: { database: 'ok', version } };
  try {
    return { status: 200, body: answer(database, request) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, message, reason } = error;
    return { status, body: { message, ...(reason !== undefined && { status: reason }) } };
  }
}

function answer(database: Database, request: GrafanaRequest): unknown {
  if (request.login === undefined || request.login === '') throw new Refusal(401, 'Unauthorized');
  const user = database.signIn(request.login);
  for (const [method, pattern, least, handler] of routes) {
    const found = pattern.exec(request.path);
    if (found === null || method !== request.method) continue;
    if (roles.indexOf(user.role) < roles.indexOf(least)) {
      throw new Refusal(403, 'You’ll need additional permissions to perform this action.');
    }
    return handler({ ...request, database, user, caught: found.slice(1) });
  }
  throw new Refusal(404, 'Not found');
}

function lookup({ database, query }: Call): object {
  const user = database.userBy(query.get('loginOrEmail') ?? '');
  if (user === undefined) throw new Refusal(404, 'user not found');
  return {
    id: user.id,
    login: user.login,
    email: user.login,
    name: user.login,
    orgId: 1,
    isGrafanaAdmin: user.id === 1,
  };
}

function memberOf({ id, login, role }: User): object {
  return { orgId: 1, userId: id, login, email: login, name: login, role };
}

function changeRole({ database, caught, body }: Call): object {
  const { role } = fieldsOf(body);
  if (role !== 'Viewer' && role !== 'Editor' && role !== 'Admin') throw new Refusal(400, 'Invalid role specified');
  database.setRole(Number(caught[0]), role);
  return { message: 'Organization user updated' };
}

/** Of one level: the top unless told. */
function listFolders({ database, query }: Call): object[] {
  return page(database.foldersIn(query.get('parentUid') ?? ''), query, 1000);
}

function createFolder({ database, body }: Call): object {
  const { title, uid, parentUid } = fieldsOf(body);
  const wanted = typeof uid === 'string' ? uid : undefined;
  return database.createFolder(String(title ?? ''), wanted, typeof parentUid === 'string' ? parentUid : '');
}

function search({ database, query }: Call): object[] {
  const wanted = (query.get('query') ?? '').toLowerCase();
  const found = database.dashboards().filter(({ title }) => title.toLowerCase().includes(wanted));
  return page(found, query, 1000).map((dashboard) => ({
    id: dashboard.id,
    uid: dashboard.uid,
    title: dashboard.title,
    type: 'dash-db',
    ...placeOf(database, dashboard),
  }));
}

/** Dashboards in General tell no folder. */
function placeOf(database: Database, { folderUid }: Dashboard): object {
  const folder = database.folder(folderUid);
  return folder === undefined ? {} : { folderUid, folderTitle: folder.title };
}

function page<T>(all: readonly T[], query: URLSearchParams, standard: number): T[] {
  const limit = Math.min(Number(query.get('limit') ?? standard), largestPage);
  const number = Number(query.get('page') ?? 1);
  return all.slice((number - 1) * limit, number * limit);
}

function readDashboard({ database, caught: [uid = ''] }: Call): object {
  const dashboard = database.dashboard(uid);
  if (dashboard === undefined) throw new Refusal(404, 'Dashboard not found');
  const place = { folderUid: '', folderTitle: 'General', ...placeOf(database, dashboard) };
  return { meta: { type: 'db', version: dashboard.version, ...place }, dashboard: dashboard.model };
}

function removeDashboard({ database, caught: [uid = ''] }: Call): object {
  const title = database.dashboard(uid)?.title;
  if (!database.remove(uid)) throw new Refusal(404, 'Dashboard not found');
  return { title, message: `Dashboard ${title} deleted` };
}

function saveDashboard({ database, body }: Call): object {
  const { dashboard, folderUid, overwrite } = fieldsOf(body);
  if (!isFields(dashboard)) throw new Refusal(400, 'bad request data');
  const saved = database.save({
    model: dashboard,
    folderUid: typeof folderUid === 'string' ? folderUid : '',
    overwrite: overwrite === true,
  });
  return { id: saved.id, uid: saved.uid, version: saved.version, status: 'success', folderUid: saved.folderUid };
}

function fieldsOf(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isFields(parsed)) return parsed;
  } catch {
    // Not JSON is refused as anything else of the wrong form is.
  }
  throw new Refusal(400, 'bad request data');
}
