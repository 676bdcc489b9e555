/** Findings about dashboards, as text and JSON. */
import { paint, type Style } from './style.ts';

export interface DashboardFinding {
  readonly file: string;
  /** Title of the dashboard; absent: the file holds none. */
  readonly title?: string;
  readonly severity: 'error' | 'warning';
  /** `panel "Load"`, `variable cluster`, `dashboard`, `file` */
  readonly where: string;
  readonly message: string;
}

export function dashboardFindingsText(findings: readonly DashboardFinding[], dashboards: number, style: Style): string {
  const lines = findings.map(({ file, title, severity, where, message }) => {
    const of = title === undefined ? '' : `${JSON.stringify(title)}, `;
    return `${file}: ${paint(style, severity === 'error' ? 'bad' : 'attention', severity)}: ${of}${where}: ${message}\n`;
  });
  const count = (severity: string) => findings.filter((one) => one.severity === severity).length;
  const many = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const told = `${many(count('error'), 'error')}, ${many(count('warning'), 'warning')}`;
  return `${lines.join('')}${many(dashboards, 'dashboard')}: ${told}.\n`;
}

export function dashboardFindingsJson(findings: readonly DashboardFinding[], dashboards: number): string {
  return `${JSON.stringify({ schemaVersion: 1, command: 'grafana lint', dashboards, findings }, undefined, 2)}\n`;
}
