/** The releases of ACM that Grafana's tests go through: two on either side of the loader's change, all with the campaigns. */
export const releases: readonly string[] =
  process.env.CAMPAIGN === undefined ? ['2.16', '2.17'] : ['2.11', '2.14', '2.16', '2.17', '5.0'];
