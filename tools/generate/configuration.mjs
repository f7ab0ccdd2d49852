/** docs/configuration.md, from the settings the services themselves declare. */
import { services, servicesWithSandbox } from '@trunkline/all-in-one';
import { commonSettings, databaseSettings } from '@trunkline/service';

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

/** What the variable is when it is not set; "required" if it must be. */
function standard(schema) {
  const empty = schema.safeParse(undefined);
  if (!empty.success) return '**required**';
  if (empty.data === undefined) return '';
  return Array.isArray(empty.data) ? empty.data.join(',') : `\`${empty.data}\``;
}

const table = (settings) =>
  ['| variable | default | what it is |', '|---|---|---|', ...settings.map(({ variable, schema, about }) => `| \`${variable}\` | ${cell(standard(schema))} | ${cell(about)} |`)].join('\n');

const variables = (settings) => new Set(Object.values(settings).map(({ variable }) => variable));

export function configurationDocument() {
  const shared = [...variables(commonSettings), ...variables(databaseSettings)];
  const sections = [...services, ...servicesWithSandbox.filter((service) => !services.includes(service))].map((service) => {
    const own = Object.values(service.settings).filter(({ variable }) => !shared.includes(variable));
    const database = 'databaseUrl' in service.settings ? 'Also the database settings above. ' : '';
    const port = service.defaultPort === undefined ? '' : `Started alone it listens on ${service.defaultPort} unless \`PORT\` is set. `;
    return `## ${service.name}\n\n${port}${database}\n\n${own.length === 0 ? 'No settings of its own.' : table(own)}\n`.replace(/\n{3,}/g, '\n\n');
  });
  return `# Configuration

Made by \`npm run generate\` from the settings in each app's \`config.ts\`; do not edit.

Every setting is an environment variable. A service stops at once, naming every problem, if one is missing or not usable.

- \`<SERVICE>_<VARIABLE>\` goes before \`<VARIABLE>\`: several services can share one environment, e.g. \`TOKEN_REFRESHER_DATABASE_POOL_SIZE=20\`.
- \`<VARIABLE>_FILE\` names a file to read the value from, e.g. \`TRUNKLINE_MASTER_KEY_FILE=/run/secrets/master-key\`.
- The process is named after its service in logs (\`service\`), in NATS (\`name\`), and in PostgreSQL (\`application_name\` = \`trunkline-<service>\`).

## Every service

${table(Object.values(commonSettings))}

## Services with a database

${table(Object.values(databaseSettings))}

${sections.join('\n')}`;
}
