/** Every dashboard the packs bring, as the files they are kept in: `npm run docs` writes them. */
import { fileText, storable } from '../../src/dashboards/model.ts';
import { energy } from './energy.ts';
import { explanation } from './explanation.ts';
import { gitops } from './gitops.ts';
import { goldenSignals } from './golden-signals.ts';
import { leaderboard } from './leaderboard.ts';
import { operator } from './operator.ts';
import { type Board, boardModel } from './parts.ts';

const boards: Readonly<Record<string, Board>> = {
  'leaderboard/dashboards/leaderboard.json': leaderboard,
  'leaderboard/dashboards/explanation.json': explanation,
  'leaderboard/dashboards/operator.json': operator,
  'energy/dashboards/energy.json': energy,
  'golden-signals/dashboards/golden-signals.json': goldenSignals,
  'gitops/dashboards/gitops.json': gitops,
};

/** Text by its path below the project's root. */
export function dashboardDocuments(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(boards).map(([path, board]) => [`manifests/packs/${path}`, fileText(storable(boardModel(board)))]),
  );
}
