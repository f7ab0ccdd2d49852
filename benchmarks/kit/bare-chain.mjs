/** The floor: Fastify → NATS request → reply and nothing else. `node bare-chain.mjs gateway|responder`, NATS_URL, PORT. */
import { connect } from '@nats-io/transport-node';

const nats = await connect({ servers: process.env.NATS_URL });
if (process.argv[2] === 'responder') {
  const answer = JSON.stringify({ token: 'x'.repeat(64), tokenType: 'Bearer', expiresAt: new Date().toISOString() });
  nats.subscribe('bare', { callback: (_, message) => message.respond(answer) });
} else {
  const { default: fastify } = await import('fastify');
  const server = fastify();
  server.post('/bare', async (request) => (await nats.request('bare', JSON.stringify(request.body))).json());
  await server.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
}
process.stdout.write('ready\n');
process.on('SIGTERM', () => process.exit(0));
