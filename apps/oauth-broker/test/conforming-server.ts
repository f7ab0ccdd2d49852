import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The server of `openid-provider.mjs`. @param jwks public keys of the clients that prove themselves by a key */
export async function startConformingServer(clients: readonly object[], jwks: object) {
  const child = fork(fileURLToPath(new URL('openid-provider.mjs', import.meta.url)), { stdio: 'ignore', execArgv: [] });
  child.send({ clients, jwks });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    authority: new URL(url).host,
    tokenRequests: async () => Number(await (await fetch(`${url}/token-requests`)).text()),
    close: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
