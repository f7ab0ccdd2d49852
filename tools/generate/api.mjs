/** The API's description and the client's types, from the endpoints the gateway declares. */
import openapiTS, { astToString } from 'openapi-typescript';
import { openApiDocument } from '@trunkline/gateway';

/** Where a gateway answers unless it is told otherwise; whoever serves the document puts its own address there. */
const document = openApiDocument('http://localhost:3000');

export const apiDocument = () => `${JSON.stringify(document, null, 2)}\n`;

export async function apiTypes() {
  // A copy: it is taken apart. A member with a default may be left out of a request. An invalid document is refused here.
  const nodes = await openapiTS(structuredClone(document), { defaultNonNullable: false, silent: true });
  return `// Made by \`npm run generate\` from the gateway's endpoints; do not edit.\n\n${astToString(nodes)}`;
}
