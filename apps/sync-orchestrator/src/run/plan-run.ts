/**
 * The streams a run reads, each as one task: those of the connector that the flow has chosen, all of them without a choice. A
 * chosen stream the connector no longer has is left out.
 */
export function planRun(offered: readonly string[], chosen: readonly string[] | null = null): string[] {
  return chosen === null ? [...offered] : offered.filter((stream) => chosen.includes(stream));
}
