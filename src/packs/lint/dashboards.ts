/** What is wrong with the dashboards a pack brings, each with its place in the dashboard's file. */
import { type LintFinding as BoardFinding, lintDashboard } from '../../dashboards/lint.ts';
import { isModel, type Model } from '../../dashboards/model.ts';
import { literally } from '../../engine/literally.ts';
import type { DashboardFile } from '../pack.ts';
import { type Place, packText } from '../source.ts';
import { providedBy } from './chains.ts';
import type { PlacedFinding, Scene } from './finding.ts';

export function dashboardFindings(scene: Scene): PlacedFinding[] {
  const provides = providedBy(scene);
  const options = { intervalSeconds: scene.facts.collectionSeconds, isCollected: (name: string) => provides({ name }) };
  return scene.packs.flatMap((by) =>
    by.pack.dashboards.flatMap((board): PlacedFinding[] => {
      const read = readModel(board);
      if ('wrong' in read) return [{ code: 'dashboard-broken', by, ...read.at, message: read.wrong }];
      return lintDashboard(read.model, options).map((found) => ({ by, ...asFinding(board, found) }));
    }),
  );
}

function readModel(board: DashboardFile): { model: Model } | { wrong: string; at: Place } {
  try {
    const model: unknown = JSON.parse(board.text);
    return isModel(model) ? { model } : { wrong: 'not a dashboard model', at: top(board) };
  } catch (error) {
    // JSON is YAML: its reader says where.
    const [first] = packText(board.path, board.text).errors;
    return { wrong: error instanceof Error ? error.message : 'not JSON', at: first?.place ?? top(board) };
  }
}

function asFinding(board: DashboardFile, { severity, where, message }: BoardFinding): Omit<PlacedFinding, 'by'> {
  const code = severity === 'error' ? 'dashboard-broken' : 'dashboard-unclear';
  return { code, ...placeOf(board, where), message: `${where}: ${message}` };
}

const top = ({ path }: DashboardFile): Place => ({ file: path, line: 1, column: 1 });

/** Where a panel's title, its id or a variable's name is written. */
function placeOf(board: DashboardFile, where: string): Place {
  const [, kind = '', name = ''] = /^(panel|variable|annotation) (.+)$/.exec(where) ?? [];
  const key = kind !== 'panel' ? 'name' : name.startsWith('"') ? 'title' : 'id';
  const value = kind === 'panel' ? name : JSON.stringify(name);
  const written = new RegExp(`"${key}"\\s*:\\s*${literally(value)}`).exec(board.text);
  if (kind === '' || written === null) return top(board);
  const before = board.text.slice(0, written.index).split('\n');
  return { file: board.path, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
