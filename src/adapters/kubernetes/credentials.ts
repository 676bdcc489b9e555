/** What proves to an API server who we are, and to us who it is. */

export interface Credentials {
  /** `authorization`, `impersonate-…`; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Groups to act as, beside `impersonate-user`. */
  readonly groups?: readonly string[];
  /** PEM. Absent: the authorities of the machine. */
  readonly ca?: string;
  /** PEM of the client's certificate and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** The name the server's certificate must have, where it is not the host of the URL. */
  readonly servername?: string;
  /** `false` trusts any certificate. */
  readonly rejectUnauthorized?: boolean;
}

/** Reads the credentials as they are now. `fresh`: not from a cache, the server refused the last ones. */
export type CredentialsSource = (options?: { readonly fresh?: boolean }) => Promise<Credentials>;
