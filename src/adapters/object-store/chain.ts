/** The AWS client's chain of credential providers. Loaded only where a profile is used. */
import { S3Client } from '@aws-sdk/client-s3';

/** What the chain finds first. `profile`: as if AWS_PROFILE named it. */
export async function resolveChain(profile: string | undefined) {
  const client = new S3Client({ region: 'us-east-1', ...(profile !== undefined && { profile }) });
  try {
    return await client.config.credentials();
  } finally {
    client.destroy();
  }
}
