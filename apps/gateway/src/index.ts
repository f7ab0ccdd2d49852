export { gateway } from './gateway.js';
export { openApiDocument } from './docs/openapi.js';
export { asyncApiDocument } from './docs/asyncapi.js';
