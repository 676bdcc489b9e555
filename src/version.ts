/** The version this program was built as. */

declare const PROGRAM_VERSION: string | undefined;

/** Set by the build from package.json; a run from the sources says so. */
export const version = typeof PROGRAM_VERSION === 'string' ? PROGRAM_VERSION : '0.0.0-source';
