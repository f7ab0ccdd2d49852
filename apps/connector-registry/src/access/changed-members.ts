/** Names of the members a change really changes: what is given and is not so already. The audit log says these, and never a value. */
export const changedMembers = <Row extends object>(now: Row, change: { readonly [Name in keyof Row]?: Row[Name] | undefined }): string[] =>
  Object.entries(change)
    .filter(([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(now[name as keyof Row]))
    .map(([name]) => name);
