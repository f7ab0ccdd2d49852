/**
 * The boundary rules must bite: code that breaks each of them is linted as if it stood in the tree, and every line must be refused.
 * Without a project graph the rule skips itself with a warning, which this would show at once.
 */
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** [where the file would stand, what it says, which rule must refuse it] */
const illegal = [
  ['apps/gateway/src/illegal.ts', "import { DataSource } from 'typeorm';\nexport const d = DataSource;\n", '@nx/enforce-module-boundaries'],
  ['apps/gateway/src/illegal.ts', "import { oauthBroker } from '@trunkline/oauth-broker';\nexport const d = oauthBroker;\n", '@nx/enforce-module-boundaries'],
  ['apps/gateway/src/illegal.ts', "import { x } from '../../oauth-broker/src/index.js';\nexport const d = x;\n", '@nx/enforce-module-boundaries'],
  ['apps/gateway/src/illegal.ts', "import { waitFor } from '@trunkline/testing';\nexport const d = waitFor;\n", '@nx/enforce-module-boundaries'],
  ['libs/contracts/src/illegal.ts', "import { Module } from '@nestjs/common';\nexport const d = Module;\n", '@nx/enforce-module-boundaries'],
  ['libs/connector-kit/src/illegal.ts', "import { RpcClient } from '@trunkline/messaging';\nexport const d = RpcClient;\n", '@nx/enforce-module-boundaries'],
  ['libs/messaging/src/illegal.ts', "import { loadCatalog } from '@trunkline/catalog';\nexport const d = loadCatalog;\n", '@nx/enforce-module-boundaries'],
  ['apps/gateway/src/illegal.ts', 'export const d = process.env.HOME;\n', 'no-restricted-syntax'],
];

// The files do not exist, so they belong to no TypeScript project: only the rules that need types are left out.
const eslint = new ESLint({ cwd: root, overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked, languageOptions: { parserOptions: { projectService: false } } }] });
let failed = 0;
for (const [filePath, code, rule] of illegal) {
  const [result] = await eslint.lintText(code, { filePath });
  const refused = result?.messages.some((message) => message.ruleId === rule && message.severity === 2);
  if (!refused) {
    failed += 1;
    process.stderr.write(`Not refused by ${rule}: ${filePath}: ${code.split('\n')[0]}\n`);
    for (const message of result?.messages ?? []) process.stderr.write(`  ${message.ruleId ?? 'parser'}: ${message.message}\n`);
  }
}
process.stdout.write(`${illegal.length - failed} of ${illegal.length} illegal fixtures are refused\n`);
process.exit(failed === 0 ? 0 : 1);
