/** An answer as text for a person. Empty where a person has just been told that nothing was done. */
import { stringify } from 'yaml';
import { plain } from '../plain.ts';
import type { Style } from '../style.ts';
import type {
  Answer,
  Comparison,
  DiffAnswer,
  ExportAnswer,
  GrantAnswer,
  ImportAnswer,
  PromoteAnswer,
} from './answer.ts';
import { lintText } from './findings.ts';

/** Differences of one dashboard that a person is shown. */
const most = 20;

export function answerText(answer: Answer, style: Style): string {
  const text = textOf(plain(answer), style);
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function textOf(answer: Answer, style: Style): string {
  switch (answer.command) {
    case 'grafana import':
      return importText(answer);
    case 'grafana export':
      return exportText(answer);
    case 'grafana diff':
      return diffText(answer);
    case 'grafana promote':
      return promoteText(answer);
    case 'grafana grant-admin':
      return grantText(answer);
    case 'grafana lint':
      return lintText(answer, style);
  }
}

function importText({ dashboards }: ImportAnswer): string {
  if (dashboards.some(({ done }) => done === 'declined')) return '';
  return dashboards.map(({ done, title }) => `${done}  ${title}`).join('\n');
}

function exportText({ dashboards }: ExportAnswer): string {
  if (dashboards.length === 0) return 'There are no dashboards to export.';
  const lines = dashboards.map(({ file, uid, folder, title }) => `${file}  ${uid}  ${folder}: ${title}`);
  const entries = dashboards.map(({ entry }) => entry);
  return `${lines.join('\n')}\n\nIn the configuration:\n${stringify({ dashboards: entries })}`;
}

function diffText({ dashboards }: DiffAnswer): string {
  if (dashboards.length === 0) return 'No dashboards are configured.';
  const asked = dashboards.every(({ development }) => development.is !== 'not-asked');
  const lines = dashboards.flatMap(({ uid, title, development, production }) => {
    const changes = [
      ...headed('development → file', development, 'the development Grafana'),
      ...headed('file → production', production, 'production'),
    ];
    return [`${changes.length > 0 ? 'differs' : 'same   '}  ${title} (${uid})`, ...changes];
  });
  return [...(asked ? [] : ['There is no development Grafana to compare with.', '']), ...lines].join('\n');
}

function headed(title: string, { is, differences }: Comparison, where: string): string[] {
  if (is === 'same' || is === 'not-asked') return [];
  const more = differences.length <= most ? [] : [`… and ${differences.length - most} more`];
  const lines = is === 'absent' ? [`not in ${where}`] : [...differences.slice(0, most), ...more];
  return [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function promoteText({ dashboards }: PromoteAnswer): string {
  return dashboards
    .filter(({ done }) => done !== 'declined')
    .map(({ uid, resource, done, served }) =>
      [
        `${resource}: ${done === 'promoted' ? 'written' : done}.`,
        served === undefined
          ? 'Production was not waited for.'
          : `${served.by} of ${served.of} production Grafanas serve it.`,
        `Keep it in Git: acm-observability grafana export ${uid}`,
      ].join('\n'),
    )
    .join('\n');
}

export function grantedText({ login, done }: GrantAnswer['admins'][number]): string {
  return `${login} is an administrator ${done === 'granted' ? 'now' : 'already'}.`;
}

function grantText({ admins, administrators }: GrantAnswer): string {
  return [...admins.map(grantedText), '', 'Administrators:', ...administrators.map((login) => `  ${login}`)].join('\n');
}
