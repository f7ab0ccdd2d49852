/** Parameters as the body of a request to an authorization server. */
export function parameterBody(format: 'form' | 'json', parameters: Readonly<Record<string, string>>): { headers: Record<string, string>; body: string } {
  return format === 'json'
    ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(parameters) }
    : { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(parameters).toString() };
}

/** Gives parameters the names a provider uses for them. */
export function renamed(parameters: Readonly<Record<string, string>>, names: Readonly<Partial<Record<string, string>>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [(Object.hasOwn(names, name) ? names[name] : undefined) ?? name, value]));
}
