/** deploy/nats.conf: one user per service with only the subjects it needs, made from the contracts. */
import { natsPermissions } from '@trunkline/messaging';

const list = (subjects) => `[${subjects.map((subject) => JSON.stringify(subject)).join(', ')}]`;

export function natsConfig() {
  const users = Object.entries(natsPermissions).map(
    ([service, { publish, subscribe }]) => `    {
      user: ${JSON.stringify(service)}
      password: $${service.toUpperCase().replaceAll('-', '_')}_NATS_PASSWORD
      permissions: {
        publish: ${list(publish)}
        subscribe: ${list(subscribe)}
      }
    }`,
  );
  return `# Made by \`npm run generate\` from libs/contracts; do not edit. Passwords come from the environment.
# Needs nats-server 2.12.7 or 2.14 and newer (older ones have known authorisation bypasses).
server_name: trunkline
listen: 0.0.0.0:4222
http: 127.0.0.1:8222
max_payload: 1MB

jetstream {
  store_dir: /data
  # Every acknowledged message is on disk. The default writes to disk every two minutes: a power cut then loses what was acknowledged.
  sync_interval: always
}

# For traffic over a network, add a certificate and set NATS_CA_FILE in the services:
# tls { cert_file: "/etc/nats/server.pem", key_file: "/etc/nats/server-key.pem" }

authorization {
  users: [
${users.join('\n')}
  ]
}
`;
}
