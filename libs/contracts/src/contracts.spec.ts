import { inspect } from 'node:util';
import { z } from 'zod';
import {
  credentials, errorCodes, eventContracts, id, jobContracts, mayDo, maxBatchBytes, newId, recordBatch, recordVersion, recordsPerGeneration, rpcContracts, scopes, secret, Secret, serviceNames,
  streamDefinitions, uuidv7, type Principal,
} from './index.js';

describe('a secret', () => {
  const hidden = new Secret('hunter2');

  it('prints as [secret] whatever one does, and opens only by reveal()', () => {
    const printed = [String(hidden), `${hidden}`, JSON.stringify({ hidden }), inspect(hidden), inspect({ deep: { hidden } }, { showHidden: true }), Object.entries(hidden).join()].join('|');
    expect(printed).not.toContain('hunter2');
    expect(printed).toContain('[secret]');
    expect(hidden.reveal()).toBe('hunter2');
  });

  it('is a string on the wire and a Secret in memory', () => {
    const schema = z.object({ key: secret() });
    expect(schema.decode({ key: 'hunter2' }).key).toBeInstanceOf(Secret);
    expect(z.encode(schema, { key: hidden })).toEqual({ key: 'hunter2' });
  });
});

describe('ids', () => {
  it('say what they name and sort by creation', () => {
    expect(newId('connection')).toMatch(/^conn_[0-9a-f]{32}$/);
    expect(uuidv7(1) < uuidv7(2)).toBe(true);
    expect(uuidv7()[12]).toBe('7');
    expect(new Set(Array.from({ length: 10_000 }, () => uuidv7())).size).toBe(10_000);
  });

  it.each(['', 'a'.repeat(129), 'a b', 'a/b', "a'b", 'ä', '../x', 'a\u0000'])('refuse %j from outside', (value) => expect(id('connection').safeParse(value).success).toBe(false));
});

describe('the contracts', () => {
  it('have subjects of one form, each once', () => {
    const subjects = [...rpcContracts, ...eventContracts, ...jobContracts].map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(subjects.length);
    for (const { subject } of rpcContracts) expect(subject).toMatch(/^rpc\.[a-z_]+\.[a-z_]+$/);
    for (const { subject } of eventContracts) expect(subject).toMatch(/^evt\.[a-z_]+\.[a-z_]+\.v\d+$/);
  });

  it('name services that exist, and somebody who may ask', () => {
    for (const { server, callers } of rpcContracts) {
      expect(serviceNames).toContain(server);
      expect(callers.length).toBeGreaterThan(0);
      expect(callers).not.toContain(server);
    }
  });

  it('carry no secret in any event or job', () => {
    for (const { data, subject } of [...eventContracts, ...jobContracts]) {
      // The name of a way to connect is no secret.
      const text = JSON.stringify(z.toJSONSchema(data, { unrepresentable: 'throw' })).replaceAll('"SECRET_TEXT"', '').toLowerCase();
      for (const word of ['token"', 'secret', 'password', 'apikey', 'refreshtoken', 'accesstoken']) expect({ subject, found: text.includes(word) }).toEqual({ subject, found: false });
    }
  });

  it('refuse unknown members where a person writes them', () => {
    const put = credentials.put.request.safeDecode({ connectionId: 'c', platformId: 'p', projectId: 'p', ownerId: null, connector: 'x', inputs: {}, credential: { type: 'SECRET_TEXT', secretText: 'k', extra: 1 } } as never);
    expect(put.success).toBe(false);
  });

  it('give every error a status that fits', () => {
    for (const { status } of Object.values(errorCodes)) expect(status).toBeGreaterThanOrEqual(400);
  });

  it('hold every subject in a stream that refuses when full and forgets only by age', () => {
    expect(streamDefinitions.map(({ name }) => name)).toEqual(['EVENTS', 'JOBS', 'RECORDS', 'DEAD']);
    for (const { maxAgeMs, duplicateWindowMs } of streamDefinitions) expect(duplicateWindowMs).toBeLessThanOrEqual(maxAgeMs);
  });
});

describe('record versions', () => {
  it('grow within a generation and from one generation to the next', () => {
    expect(recordVersion(1, 1)).toBeGreaterThan(recordVersion(1, 0));
    expect(recordVersion(2, 0)).toBeGreaterThan(recordVersion(1, recordsPerGeneration - 1));
    expect(Number.isSafeInteger(recordVersion(2 ** 27 - 1, recordsPerGeneration - 1))).toBe(true);
  });

  it('refuse a batch whose records are not records', () => {
    const batch = { projectId: 'p', connectionId: 'c', connector: 'x', runId: 'r', stream: 's', generation: 1, sequence: 1 };
    expect(recordBatch.safeParse({ ...batch, records: [{ op: 'upsert', key: 'a', version: 1, data: {} }] }).success).toBe(true);
    expect(recordBatch.safeParse({ ...batch, records: [null] }).success).toBe(false);
    expect(maxBatchBytes).toBeLessThan(1_048_576);
  });
});

describe('scopes', () => {
  const who = (...granted: Principal['scopes']): Principal => ({ kind: 'api_key', id: 'k', reach: 'project', platformId: 'p', projectId: 'p', userId: null, scopes: granted });
  it('grant what they name, and admin grants everything', () => {
    expect(mayDo(who('syncs:run'), 'syncs:run')).toBe(true);
    expect(mayDo(who('syncs:run'), 'tokens:resolve')).toBe(false);
    for (const scope of scopes) expect(mayDo(who('admin'), scope)).toBe(true);
  });
});
