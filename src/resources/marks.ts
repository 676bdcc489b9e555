/** The names by which we recognise, later and from another machine, what is ours. Permanent: old runs are found by them. */
export const marks = {
  /** Label on every object we make. */
  managedBy: ['app.kubernetes.io/managed-by', 'acm-observability'],
  /** Label: the step an object belongs to; a step's whole set is found by it. */
  step: 'acm-observability/step',
  /**
   * Label, on what was adopted an annotation: the team whose configuration it is of; absent where it is the installation's.
   */
  team: 'acm-observability/team',
  /** Annotation on an object that was there before us: only our fields are given back. */
  adopted: 'acm-observability/adopted',
  /** Annotation on a shared document: what in it is ours, per owner (JSON). */
  entries: 'acm-observability/entries',
  /** Annotation: what a value of ours was before us. */
  previous: 'acm-observability/previous',
  /** Annotation: the release an object was copied from. */
  builtFrom: 'acm-observability/built-from',
} as const;
