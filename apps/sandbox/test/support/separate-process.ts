import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SandboxOptions } from '../../src/options.js';

/** The sandbox compiled into a temporary folder, so that a test can run it as a process of its own and kill that. */
export class CompiledSandbox {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<CompiledSandbox> {
    const source = fileURLToPath(new URL('../../src', import.meta.url));
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-compiled-'));
    const { transformFile } = createRequire(import.meta.url)('@swc/core') as typeof import('@swc/core');
    for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.includes('spec.')) continue;
      const from = join(entry.parentPath, entry.name);
      const to = join(folder, from.slice(source.length).replace(/\.ts$/, '.js'));
      const { code } = await transformFile(from, { swcrc: false, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } });
      await mkdir(dirname(to), { recursive: true });
      await writeFile(to, code);
    }
    const modules = dirname(dirname(createRequire(import.meta.url).resolve('fastify/package.json')));
    await symlink(modules, join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(
      join(folder, 'run.js'),
      `import { startSandbox } from './start-sandbox.js';
const sandbox = await startSandbox(JSON.parse(process.argv[2]));
console.log(sandbox.url);
`,
    );
    return new CompiledSandbox(folder);
  }

  /** Starts a process and waits for its address. */
  async start(options: SandboxOptions): Promise<{ url: string; stderr: () => string; kill: () => Promise<void> }> {
    const child: ChildProcess = spawn(process.execPath, ['run.js', JSON.stringify(options)], { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const exited = once(child, 'exit');
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const first = await Promise.race([once(lines, 'line'), exited]);
    if (typeof first[0] !== 'string') throw new Error(`The sandbox ended: ${errors}`);
    return {
      url: first[0],
      stderr: () => errors,
      kill: async () => {
        child.kill('SIGKILL');
        await exited;
      },
    };
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}
