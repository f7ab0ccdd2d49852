/**
 * A provider whose token endpoint answers after DELAY_MS. It counts what it is asked: `/figures` tells and begins anew.
 * `node token-server.mjs`, PORT, DELAY_MS.
 */
import { createServer } from 'node:http';

const delayMs = Number(process.env.DELAY_MS);
let calls = 0;
let underWay = 0;
let peak = 0;
let used = new Set();
let issued = 0;

const answer = (response, body) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
};

createServer((request, response) => {
  if (request.url === '/figures') {
    answer(response, JSON.stringify({ calls, peak, duplicates: calls - used.size, cpuSeconds: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6 }));
    [calls, peak, used] = [0, underWay, new Set()];
    return;
  }
  if (request.url !== '/oauth/token') return answer(response, '{"id":"acc_1","name":"Benchmark"}');
  calls += 1;
  underWay += 1;
  peak = Math.max(peak, underWay);
  let form = '';
  request.setEncoding('utf8').on('data', (chunk) => (form += chunk));
  request.on('end', () => {
    used.add(form.slice(form.indexOf('refresh_token=')));
    issued += 1;
    const body = JSON.stringify({ access_token: `at_${issued}`.padEnd(64, 'x'), refresh_token: `rt_${issued}`.padEnd(64, 'x'), token_type: 'Bearer', expires_in: 3_600 });
    const finish = () => {
      underWay -= 1;
      answer(response, body);
    };
    if (delayMs === 0) finish();
    else setTimeout(finish, delayMs);
  });
}).listen(Number(process.env.PORT), '127.0.0.1', () => process.stdout.write('ready\n'));
process.on('SIGTERM', () => process.exit(0));
