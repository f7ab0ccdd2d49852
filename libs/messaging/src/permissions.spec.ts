import { rpcContracts, serviceNames } from '@trunkline/contracts';
import { natsPermissions, outsideConsumerPermissions } from './permissions.js';

describe('what each service may say and hear on the bus', () => {
  it.each(serviceNames)('%s may ask exactly what a contract lets it ask, and answer only its own', (service) => {
    const { publish, subscribe } = natsPermissions[service];
    for (const contract of rpcContracts) {
      expect({ asks: contract.subject, may: publish.includes(contract.subject) }).toEqual({ asks: contract.subject, may: contract.callers.includes(service) });
      expect({ hears: contract.subject, may: subscribe.includes(contract.subject) }).toEqual({ hears: contract.subject, may: contract.server === service });
    }
    expect([...publish, ...subscribe]).not.toContain('>');
    expect(publish.some((subject) => subject.startsWith('rpc.') && subject.includes('>'))).toBe(false);
    expect(subscribe.filter((subject) => subject.startsWith('_INBOX'))).toEqual([`_INBOX.${service}.>`]);
  });

  it('lets only the orchestrator publish records and only the sink read them', () => {
    for (const service of serviceNames) {
      expect(natsPermissions[service].publish.includes('rec.>')).toBe(service === 'sync-orchestrator');
      expect(natsPermissions[service].publish.some((subject) => subject.includes('CONSUMER.MSG.NEXT.RECORDS'))).toBe(service === 'analytics-sink');
    }
  });

  it('lets only the sink remove records ahead of their age, and nobody any other message', () => {
    for (const service of serviceNames) {
      const purges = natsPermissions[service].publish.filter((subject) => /STREAM\.(PURGE|DELETE|MSG)/.test(subject));
      expect(purges).toEqual(service === 'analytics-sink' ? ['$JS.API.STREAM.PURGE.RECORDS'] : []);
    }
  });

  it('lets an outside consumer read the records by its own consumer, and do nothing else', () => {
    const { publish, subscribe } = outsideConsumerPermissions('acme-warehouse');
    expect(subscribe).toEqual(['_INBOX.acme-warehouse.>']);
    for (const subject of publish) expect(subject).toMatch(/^\$JS\.(API\.INFO$|API\.STREAM\.INFO\.RECORDS$|(API\.CONSUMER\.(CREATE|DURABLE\.CREATE|INFO|MSG\.NEXT)|ACK)\.RECORDS\.acme-warehouse(\.>)?$)/);
    expect(() => outsideConsumerPermissions('a.>')).toThrow('letters');
  });
});
