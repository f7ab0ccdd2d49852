import { answerAuthorizations, answerCredentials, answerFlows, startRegistry } from './harness.js';

/** A registry with the neighbours that connections need, which do as they are told. */
export async function startConnections() {
  const registry = await startRegistry();
  const keeper = await answerCredentials(registry);
  const broker = await answerAuthorizations(registry);
  const orchestrator = await answerFlows(registry);
  return {
    registry,
    keeper,
    broker,
    /** What a test told them is forgotten. */
    reset: () => {
      keeper.beforePut(async () => undefined);
      keeper.afterDelete(async () => undefined);
      broker.refuseWith(null);
    },
    stop: async () => {
      await keeper.stop();
      await broker.stop();
      await orchestrator.stop();
      await registry.stop();
    },
  };
}
export type ConnectionsWorld = Awaited<ReturnType<typeof startConnections>>;
