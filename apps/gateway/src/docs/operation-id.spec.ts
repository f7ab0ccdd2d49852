import { operationIdOf } from './operation-id.js';

it.each([
  ['GET', '/api/v1/flows', 'listFlows'],
  ['POST', '/api/v1/api-keys', 'createApiKey'],
  ['GET', '/api/v1/flows/:id', 'getFlow'],
  ['POST', '/api/v1/flows/:id', 'updateFlow'],
  ['DELETE', '/api/v1/signing-keys/:id', 'deleteSigningKey'],
  ['POST', '/api/v1/flows/:id/pause', 'pauseFlow'],
  ['GET', '/api/v1/runs/:id/events', 'getRunEvents'],
  ['GET', '/api/v1/vault/rotations', 'listVaultRotations'],
  ['POST', '/api/v1/vault/rotations', 'createVaultRotation'],
] as const)('%s %s is called %s', (method, path, name) => {
  expect(operationIdOf({ method, path })).toBe(name);
  expect(operationIdOf({ method, path, operation: 'ownName' })).toBe('ownName');
});
