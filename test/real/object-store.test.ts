/** A real S3 gateway held to the contract of the `ObjectStore` port. */
import { describe } from 'vitest';
import { objectStoreContract } from '../contract/object-store.contract.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers } from './servers/process.ts';
import { startGateway } from './servers/versitygw.ts';

const needed = need('versitygw');
const region = 'eu-west-3';

describe.skipIf(!needed.have)(`a real S3 gateway${needed.note}`, () => {
  lookAfterServers();
  objectStoreContract('versitygw', async () => {
    if (!needed.have) throw new Error(needed.note);
    const plain = await startGateway(needed.paths.versitygw, region);
    const tls = await startGateway(needed.paths.versitygw, region, true);
    return {
      endpoint: plain.url,
      region,
      us: plain.root,
      others: plain.other,
      tls: { endpoint: tls.url, ca: tls.ca },
      stop: async () => {
        await plain.stop();
        await tls.stop();
      },
    };
  });
});
