/**
 * What the commands of `grafana` that make no report come to: one small shape each, behind text, JSON and JSON lines. Fields
 * may be added; none changes its meaning while `schemaVersion` is 1.
 */
import type { RunVerdict } from '../../engine/verdict.ts';

/** The formats there are for an {@link Answer}. */
export const answerFormats = ['text', 'json', 'jsonl'] as const;

export type Answer = ImportAnswer | ExportAnswer | DiffAnswer | PromoteAnswer | GrantAnswer | LintAnswer;

interface Frame<Command extends string> {
  readonly schemaVersion: 1;
  readonly command: Command;
  readonly verdict: RunVerdict;
  /** Of the program. */
  readonly exitCode: number;
}

interface Place {
  readonly uid: string;
  readonly title: string;
  /** Title of its folder in Grafana. */
  readonly folder: string;
}

/** What the lint says about one dashboard. */
export interface DashboardFinding {
  /** Title of the dashboard; absent: the file holds none. */
  readonly title?: string;
  readonly severity: 'error' | 'warning';
  /** `panel "Load"`, `variable cluster`, `dashboard`, `file` */
  readonly where: string;
  readonly message: string;
}

export interface ImportAnswer extends Frame<'grafana import'> {
  /** In the order of the files. `declined`: a person was asked, and nothing was written. */
  readonly dashboards: readonly (Place & { readonly done: 'imported' | 'replaced' | 'unchanged' | 'declined' })[];
  /** What will not work there. */
  readonly findings: readonly DashboardFinding[];
}

export interface ExportAnswer extends Frame<'grafana export'> {
  readonly dashboards: readonly ExportedDashboard[];
}

export interface ExportedDashboard extends Place {
  /** From where the command runs. */
  readonly file: string;
  readonly done: 'written' | 'unchanged';
  /** As `dashboards:` of the configuration takes it. */
  readonly entry: { readonly path: string; readonly folder: string };
}

export interface DiffAnswer extends Frame<'grafana diff'> {
  readonly dashboards: readonly ComparedDashboard[];
}

export interface ComparedDashboard extends Place {
  /** From the development Grafana to the file. */
  readonly development: Comparison;
  /** From the file to production. */
  readonly production: Comparison;
}

export interface Comparison {
  /** `absent`: Grafana does not have it. `not-asked`: there is no such Grafana. */
  readonly is: 'same' | 'different' | 'absent' | 'not-asked';
  /** `- path: before`, `+ path: after` */
  readonly differences: readonly string[];
}

export interface PromoteAnswer extends Frame<'grafana promote'> {
  readonly dashboards: readonly PromotedDashboard[];
  /** What people will stumble over. */
  readonly findings: readonly DashboardFinding[];
}

export interface PromotedDashboard extends Place {
  /** The object that brings it into production. */
  readonly resource: string;
  readonly done: 'promoted' | 'unchanged' | 'declined';
  /** How many of the production Grafanas serve it; absent: it was not waited for. */
  readonly served?: { readonly by: number; readonly of: number };
}

export interface GrantAnswer extends Frame<'grafana grant-admin'> {
  /** Those who were named. */
  readonly admins: readonly { readonly login: string; readonly done: 'granted' | 'unchanged' }[];
  /** Logins of all there are now. */
  readonly administrators: readonly string[];
}

export interface LintAnswer extends Frame<'grafana lint'> {
  /** How many were looked at. */
  readonly dashboards: number;
  readonly findings: readonly FileFinding[];
}

/** `file` from where the command runs, where it lies below. */
export interface FileFinding extends DashboardFinding {
  readonly file: string;
}

/** The verdict of a command that did, or did not do, each of some things. */
export function doneVerdict(done: readonly { readonly done: string }[]): { verdict: RunVerdict; exitCode: 0 } {
  const nothing = done.every((one) => one.done === 'unchanged' || one.done === 'declined');
  return { verdict: nothing ? 'unchanged' : 'changed', exitCode: 0 };
}
