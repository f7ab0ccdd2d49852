import { MemoryCheckpointStore } from './checkpoint-store.memory.js';
import { describeCheckpointStore } from './checkpoint-store.suite.js';

describeCheckpointStore('memory', () => {
  const store = new MemoryCheckpointStore();
  const ids = { taskId: 'task_1', runId: 'run_1', flowId: 'flow_1', projectId: 'proj_1', connectionId: 'conn_1', connector: 'sandbox_crm' };
  return {
    store,
    claim: async (stream) => {
      const { generation, version, state } = store.claim('flow_1', stream);
      return { ...ids, stream, generation, checkpoint: { state, version }, readToEnd: false, pages: 0, attempts: 0, fields: null, keys: null, sweep: null, minKeepRatio: 0.5, kind: 'read' };
    },
    cancel: async (stream) => store.cancel('flow_1', stream),
    standing: async (stream) => {
      const { state, version } = store.peek('flow_1', stream);
      const moves = store.moves('flow_1', stream);
      return {
        state,
        version,
        records: moves.reduce((sum, { upserted, deleted }) => sum + upserted + deleted, 0),
        quarantined: moves.reduce((sum, { quarantined }) => sum + quarantined.length, 0),
      };
    },
  };
});
