/** The catalog cannot be used. `problems` names each one with its file and line. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';

  constructor(readonly problems: readonly string[]) {
    super(`the catalog has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** No connector of that id is offered here. */
export class UnknownConnectorError extends Error {
  override readonly name = 'UnknownConnectorError';

  constructor(readonly connector: string) {
    super(`there is no connector "${connector}" in the catalog`);
  }
}
