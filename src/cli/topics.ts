/** `help TOPIC`: what belongs to no single command. */

export const topics: Readonly<Record<string, string>> = {
  environment: `Environment variables

Configuration: every key as ACM_OBSERVABILITY_<PATH> in upper snake case, e.g.
  ACM_OBSERVABILITY_STORAGE_BUCKET, ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE
  Lists by comma, maps as JSON; the same name with _FILE reads the value from a file.
  Order: flag > ACM_OBSERVABILITY_* > file > the names below > default.

Keys of the object store (never in the file, never in a flag):
  ACM_OBSERVABILITY_STORAGE_ACCESS_KEY, ACM_OBSERVABILITY_STORAGE_SECRET_KEY (or _FILE)
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY   where those are not set

Names people already export:
  KUBECONFIG                                 kubeconfig files
  AWS_REGION, S3_BUCKET_NAME                 region and bucket
  AWS_ENDPOINT_URL_S3 > AWS_ENDPOINT_URL     a store other than AWS
  AWS_PROFILE, AWS_CA_BUNDLE
  HTTPS_PROXY, NO_PROXY                      the network
  CI                                         never ask, never repaint
  NO_COLOR > FORCE_COLOR, CLICOLOR_FORCE > CLICOLOR=0 > TERM=dumb > terminal
  ACCESSIBLE                                 the same as --accessible
  COLUMNS                                    width of the text
`,
  'exit-codes': `Exit codes, the same whatever -o is

  0    done, nothing to do, all pass
  2    differences                        with --detailed-exitcode
  3    a check failed
  4    warnings only                      with --strict
  5    some clusters fine, some not
  6    apply failed
  7    timed out, still converging        acm-observability wait
  8    another run is at work
  64   usage; also: an answer is needed and nobody can be asked
  65   bad configuration
  69   unreachable
  70   our bug
  77   not permitted, not logged in
  130  Ctrl-C
  143  SIGTERM

2 to 8 are the verdict; 64 to 77 mean that the work could not be done.
`,
  output: `Output

Standard output carries the answer, standard error the progress.
  -o FORMAT            to standard output: text, json, jsonl, junit, markdown
  -o FORMAT=FILE       to a file; may be repeated, all are of the same run
The JSON report has a schemaVersion; fields may be added, none change their meaning.
In text the state is a word at the start of the line; colour only repeats it.
  -q   only the verdict and what went wrong      -v   say more
  --ascii, --accessible, --color auto|always|never
`,
};
