import type { Destination } from '@trunkline/contracts';
import { isAnew, type Readings } from './streams-anew.js';

const stream = (name: string, fields: string[] | null = null, mode: 'full' | 'incremental' = 'incremental') => ({ name, mode, fields });
const into = (table: string, connectionId = 'conn_2'): Destination => ({ type: 'connection', connectionId, targets: { deals: { kind: 'table', table, columns: {}, create: true } } });
const readings = (more: Partial<Readings> = {}): Readings => ({ connectionId: 'conn_1', streams: null, destination: { type: 'analytics' }, ...more });
const anew = (before: Readings, after: Readings) => ['contacts', 'deals'].filter(isAnew(before, after));

describe('what a changed flow reads anew', () => {
  it.each<[string, Readings, Readings, string[]]>([
    ['nothing, of what is the same', readings({ destination: into('a') }), readings({ destination: into('a') }), []],
    ['everything, of another account', readings(), readings({ connectionId: 'conn_3' }), ['contacts', 'deals']],
    ['everything, at another destination', readings(), readings({ destination: into('a') }), ['contacts', 'deals']],
    ['everything, at another connection', readings({ destination: into('a') }), readings({ destination: into('a', 'conn_3') }), ['contacts', 'deals']],
    ['what goes into another table', readings({ destination: into('a') }), readings({ destination: into('b') }), ['deals']],
    ['what has other members', readings({ streams: [stream('contacts'), stream('deals', ['a', 'b'])] }), readings({ streams: [stream('contacts'), stream('deals', ['a'])] }), ['deals']],
    ['nothing, if only their order differs', readings({ streams: [stream('deals', ['a', 'b'])] }), readings({ streams: [stream('deals', ['b', 'a'])] }), []],
    ['nothing, in another mode', readings({ streams: [stream('deals')] }), readings({ streams: [stream('deals', null, 'full')] }), []],
    ['nothing of what is chosen as it was read', readings(), readings({ streams: [stream('deals')] }), []],
  ])('%s', (_, before, after, streams) => {
    expect(anew(before, after)).toEqual(streams);
  });
});
