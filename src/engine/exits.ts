/** Exit codes by family (cli.md "Exit codes"): 2–8 are verdicts, 64–77 mean "could not do my job". */
export const exits = {
  done: 0,
  differences: 2,
  checkFailed: 3,
  warnings: 4,
  partial: 5,
  applyFailed: 6,
  timeout: 7,
  locked: 8,
  usage: 64,
  configuration: 65,
  unreachable: 69,
  bug: 70,
  forbidden: 77,
  interrupted: 130,
  terminated: 143,
} as const;
