/**
 * SQLSTATE classes that speak of the values: 22 data exception, 23 constraint, 54 a limit (a key too long for the index, a value
 * too deep). Anything else (a timeout, a lost connection, a full disk) says nothing about a record and is tried again.
 */
export function isFaultOfRecords(error: unknown): boolean {
  // JSON.stringify meets the end of the stack in a value nested some thousand levels deep.
  if (error instanceof RangeError) return true;
  return error instanceof Error && 'code' in error && /^(22|23|54)/.test(String(error.code));
}

/** The SQLSTATE says what was wrong; the message may quote the value and stays out. */
export const describeFault = (error: unknown): string =>
  error instanceof Error && 'code' in error ? `PostgreSQL refuses it (SQLSTATE ${String(error.code)})` : 'is nested too deep';
