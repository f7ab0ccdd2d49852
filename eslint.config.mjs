import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Who may import whom (docs/architecture.md). Run through Nx: without its project graph the boundary rule skips itself. */
const boundaries = {
  enforceBuildableLibDependency: false,
  // Test files may reach the testing library; everything else may not (see the override below).
  allow: [],
  depConstraints: [
    { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:contract'], allowedExternalImports: ['zod'] },
    { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:domain', 'type:contract'], bannedExternalImports: ['@nestjs/*', 'typeorm', '@nats-io/*', 'pg'] },
    { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:platform', 'type:contract'] },
    { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:contract', 'type:domain', 'type:platform'] },
    // Goes to whoever calls the API: nothing of ours goes with it.
    { sourceTag: 'type:client', onlyDependOnLibsWithTags: [], allowedExternalImports: ['openapi-fetch'] },
    { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:contract', 'type:domain', 'type:platform', 'type:testing'] },
    { sourceTag: 'env:browser', onlyDependOnLibsWithTags: ['env:any'] },
    { sourceTag: 'scope:gateway', onlyDependOnLibsWithTags: ['*'], bannedExternalImports: ['typeorm', '@nestjs/typeorm', 'pg'] },
  ],
};
const forTests = {
  ...boundaries,
  depConstraints: boundaries.depConstraints.map((constraint) =>
    constraint.sourceTag.startsWith('type:') && !['type:contract', 'type:client'].includes(constraint.sourceTag)
      ? {
          sourceTag: constraint.sourceTag,
          // End-to-end tests speak to the gateway as its callers do.
          onlyDependOnLibsWithTags: [...constraint.onlyDependOnLibsWithTags, 'type:testing', ...(constraint.sourceTag === 'type:app' ? ['type:client'] : [])],
        }
      : constraint,
  ),
};
const services = ['gateway', 'connector-registry', 'oauth-broker', 'token-refresher', 'sync-orchestrator', 'analytics-sink', 'sandbox'].map((name) => `@trunkline/${name}`);

const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Settings are read once, in libs/service/src/load-config.ts. Declare one in the config.ts of the app.',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/*.cjs', '**/*.mjs', 'tools/lint/fixture/**'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Nest modules are classes that carry nothing but their decorator.
      '@typescript-eslint/no-extraneous-class': 'off',
      // The places where the compiler cannot know are few and commented; a lint line would not make them safer.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      'no-restricted-syntax': ['error', noEnvironment],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // Rule files (no role suffix) decide; they may not act. Services mark their acting files by suffix or by being a verb with injected parts,
    // so this is checked where a file claims to be pure.
    files: ['apps/*/src/**/*-policy.ts', 'apps/*/src/**/plan-*.ts', 'apps/*/src/**/checks/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['typeorm', '@nestjs/*', '@nats-io/*', 'pg'] }] },
  },
  {
    files: ['libs/service/src/load-config.ts', 'libs/testing/**/*.ts', '**/test/**/*.ts', '**/*.{spec,int-spec,e2e-spec}.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/test/**/*.ts', '**/*.{spec,int-spec,e2e-spec,suite}.ts'],
    rules: { '@nx/enforce-module-boundaries': ['error', forTests], '@typescript-eslint/no-floating-promises': 'error' },
  },
  {
    // The one honest exception: all-in-one starts the services in one process.
    files: ['apps/all-in-one/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': ['error', { ...forTests, allow: services }] },
  },
);
