/**
 * One Jest set-up for every project: ESM through swc, TypeScript sources of sister packages read directly.
 * Nest 12 is ESM only, so Jest runs with `--experimental-vm-modules` (see each package's `test` script).
 */
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
  swcrc: false,
};

module.exports = function preset(rootDir) {
  return {
    displayName: rootDir.split('/').slice(-2).join('/'),
    rootDir,
    testEnvironment: 'node',
    extensionsToTreatAsEsm: ['.ts'],
    testMatch: ['<rootDir>/src/**/*.{spec,int-spec}.ts', '<rootDir>/test/**/*.{spec,int-spec,e2e-spec}.ts'],
    transform: {
      '^.+\\.ts$': ['@swc/jest', swc],
      // CommonJS @fastify/static requires these ESM-only packages; Jest on Node 20 cannot require ESM, so they are lowered.
      'node_modules/(content-disposition|cookie)/.+\\.js$': ['@swc/jest', { ...swc, jsc: { parser: { syntax: 'ecmascript' }, target: 'es2022' }, module: { type: 'commonjs' } }],
    },
    transformIgnorePatterns: ['/node_modules/(?!(.*/)?(content-disposition|cookie)/)'],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    testEnvironmentOptions: { customExportConditions: ['@trunkline/source', 'node', 'node-addons'] },
    // `nx test <project>` alone: brings up PostgreSQL and finds NATS unless the whole run has done so.
    globalSetup: `${__dirname}/tools/infra/jest-global-setup.mjs`,
    globalTeardown: `${__dirname}/tools/infra/jest-global-teardown.mjs`,
    testTimeout: 30_000,
    modulePathIgnorePatterns: ['<rootDir>/dist'],
  };
};
