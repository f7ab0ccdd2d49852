export { startSandbox } from './start-sandbox.js';
export type { RunningSandbox } from './start-sandbox.js';
export { sandboxOptions } from './options.js';
export type { SandboxOptions } from './options.js';
export { sandbox } from './sandbox.js';
