/** A report in any format; what each costs to load is paid only by who asks for it. */
import type { Report } from './report.ts';
import type { Style } from './style.ts';

export const formats = ['text', 'short', 'json', 'jsonl', 'junit', 'markdown', 'html'] as const;
export type Format = (typeof formats)[number];
/** What `-o` takes: reports, and the one form that only findings about files have. */
export const outputFormats = [...formats, 'sarif'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export async function renderReport(report: Report, format: Format, style: Style): Promise<string> {
  switch (format) {
    case 'text':
      return (await import('./text/index.ts')).reportText(report, style);
    case 'short':
      return (await import('./short.ts')).reportShort(report, style);
    case 'json':
      return (await import('./json.ts')).reportJson(report);
    case 'jsonl':
      return (await import('./jsonl.ts')).reportJsonLines(report);
    case 'junit':
      return (await import('./junit.ts')).reportJunit(report);
    case 'markdown':
      return (await import('./markdown.ts')).reportMarkdown(report);
    case 'html':
      return (await import('./html/page.ts')).reportHtml(report);
  }
}
