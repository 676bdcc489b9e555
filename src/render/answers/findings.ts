/** What `grafana lint` found, as text. */
import { paint, type Style } from '../style.ts';
import type { LintAnswer } from './answer.ts';

export function lintText({ findings, dashboards }: LintAnswer, style: Style): string {
  const lines = findings.map(({ file, title, severity, where, message }) => {
    const of = title === undefined ? '' : `${JSON.stringify(title)}, `;
    return `${file}: ${paint(style, severity === 'error' ? 'bad' : 'attention', severity)}: ${of}${where}: ${message}\n`;
  });
  const count = (severity: string) => findings.filter((one) => one.severity === severity).length;
  const many = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const told = `${many(count('error'), 'error')}, ${many(count('warning'), 'warning')}`;
  return `${lines.join('')}${many(dashboards, 'dashboard')}: ${told}.\n`;
}
