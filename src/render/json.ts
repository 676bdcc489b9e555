/** The report as one JSON document: the shape of cli.md, schemaVersion 1. */
import type { Report } from './report.ts';

export function reportJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
