import { join, relative } from 'node:path';

/**
 * What was shown, and where to go on. No secret is printed, only the names of the files that hold them.
 * @param {{ report: import('./run-demonstration.mjs').DemoReport, baseUrl: string, dataDir: string, ownDatabase: boolean }} parts
 * @param {(line: string) => void} print
 */
export function printReport({ report, baseUrl, dataDir, ownDatabase }, print) {
  const { outcome, accountName, lifeSeconds, live } = report;
  const near = (/** @type {string} */ path) => {
    const short = relative(process.cwd(), path);
    return short === '' || short.startsWith('..') ? path : short;
  };
  const key = near(report.keyFile);
  const dsn = ownDatabase ? `$(cat ${near(join(dataDir, 'database-url'))})` : '$DATABASE_URL';
  const header = `-H "x-api-key: $(cat ${key})"`;
  const life = lifeSeconds === null ? 'does not expire' : `lives ${lifeSeconds} s, refreshed once`;
  const query = `SELECT stream, key, data FROM analytics.record WHERE NOT deleted LIMIT 5`;
  print('');
  print(`  Connected   ${outcome.connector}, account ${accountName ?? 'unknown'} (connection ${outcome.connectionId})`);
  print(`  Token       ${life}`);
  print(`  Sync        run ${outcome.runId}, ${outcome.records} records read`);
  for (const [stream, count] of Object.entries(live)) print(`              ${stream.padEnd(16)} ${String(outcome.streams[stream] ?? 0).padStart(7)} read  ${String(count).padStart(7)} in the warehouse`);
  print('');
  print(`  Records     npm run query -- "${query}"`);
  print(`              psql "${dsn}" -c "${query}"`);
  print(`  API         ${baseUrl}   documentation: ${baseUrl}/api/docs`);
  print(`  API key     in the file ${key}`);
  print('  Try         curl ' + header + ` ${baseUrl}/api/connectors`);
  print(`              curl -X POST ${header} ${baseUrl}/api/sync/run`);
  print(`              curl -X POST ${header} ${baseUrl}/api/connectors/${outcome.connector}/token`);
  print('');
}
