/** The picture of a connector that a tenant defined: a plug in a square, and nothing that came from anybody. */
export const genericMark =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" role="img"><rect width="48" height="48" rx="10" fill="#475569"/>' +
  '<path d="M18 10v8m12-8v8M14 18h20v6a10 10 0 0 1-20 0zm10 16v6" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>\n';
