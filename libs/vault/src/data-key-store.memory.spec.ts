import { MemoryDataKeyStore } from './data-key-store.memory.js';
import { dataKeyStoreSuite } from './data-key-store.suite.js';

dataKeyStoreSuite('memory', async () => ({ store: new MemoryDataKeyStore() }));
