/** The report as one JSON document: the shape of cli.md, schemaVersion 1. */
import { jsonText } from './plain.ts';
import type { Report } from './report.ts';

export function reportJson(report: Report): string {
  return `${jsonText(report, 2)}\n`;
}
