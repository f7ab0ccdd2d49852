/** Plain ESM, run as it stands: nothing is compiled. */
module.exports = {
  displayName: 'tools',
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/**/*.spec.mjs'],
  transform: {},
  testTimeout: 60_000,
  globalSetup: '<rootDir>/infra/jest-global-setup.mjs',
  globalTeardown: '<rootDir>/infra/jest-global-teardown.mjs',
};
