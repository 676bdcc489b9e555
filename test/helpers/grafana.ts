/** The login that ACM's grafana.ini calls the administrator's (acm.md §10.4). */
export const administrator = `WHAT_YOU_ARE_DOING_IS_VOIDING_SUPPORT_${'0'.repeat(64)}`;
