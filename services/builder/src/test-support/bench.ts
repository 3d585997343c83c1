import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openDirectoryStore } from '@codeoptima/artifacts';
import { RunConfig } from '@codeoptima/config';
import type { BaselineResult, TestOutcome } from '@codeoptima/contracts';
import { createLogger } from '@codeoptima/service-kit';
import { baseline } from '../baseline.ts';

export type Files = Record<string, string>;

/** A package with one passing node:test. */
export const SOUND: Files = {
  'package.json': JSON.stringify({ name: 'sound', type: 'module', scripts: { test: 'node --test' } }),
  'sum.js': 'export const sum = (a, b) => a + b;\n',
  'sum.test.js': `import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { sum } from './sum.js';\ntest('adds', () => assert.equal(sum(1, 2), 3));\n`,
};

interface Options {
  config?: Record<string, unknown>;
  ref?: string;
  signal?: AbortSignal;
  test_minutes?: number;
}

/** A user's repository, a data directory, and the task run on them as the worker would. */
export class BuilderBench {
  readonly folder: string;
  readonly repository: string;
  readonly data_dir: string;
  readonly said: string[] = [];
  #attempts = 0;

  constructor(folder = mkdtempSync(join(tmpdir(), 'bau größe ')), data_dir = join(folder, 'data')) {
    this.folder = folder;
    this.repository = join(folder, 'my répo');
    this.data_dir = data_dir;
    mkdirSync(this.repository, { recursive: true });
    mkdirSync(data_dir, { recursive: true });
  }

  git(...args: string[]): string {
    const env = {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: this.folder,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_ALLOW_PROTOCOL: 'file',
    };
    return execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'protocol.file.allow=always', ...args], {
      cwd: this.repository,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    }).trim();
  }

  write(files: Files): this {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.repository, path)), { recursive: true });
      writeFileSync(join(this.repository, path), text);
    }
    return this;
  }

  commit(files: Files = {}): this {
    this.write(files);
    if (!existsSync(join(this.repository, '.git'))) this.git('init', '--quiet', '--initial-branch=main');
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message=state');
    return this;
  }

  /** Runs the task; the attempt's work folder must be the caller's to remove, as with the worker. */
  async run(options: Options = {}): Promise<BaselineResult> {
    const config = RunConfig.parse(options.config ?? {});
    // Below what a configuration may say, so that a hanging test is found quickly.
    if (options.test_minutes !== undefined) config.limits.test_minutes = options.test_minutes;
    this.#attempts += 1;
    const workdir = join(this.data_dir, 'work', String(this.#attempts));
    mkdirSync(workdir, { recursive: true });
    const artifacts = await openDirectoryStore(join(this.data_dir, 'objects'));
    try {
      return await baseline({ data_dir: this.data_dir })({
        item_id: 'item-1',
        run_id: 'run-1',
        task: 'baseline',
        epoch: 1n,
        attempt: 1,
        payload: { run_id: 'run-1', request: { repository: this.repository, ref: options.ref ?? null, config } },
        signal: options.signal ?? new AbortController().signal,
        progress: (detail) => void this.said.push(detail),
        bounded: (work) => work(),
        addUsage: () => undefined,
        artifacts,
        workdir,
        log: createLogger('builder', 'silent'),
        deadline_ms: null,
      });
    } finally {
      rmSync(workdir, { recursive: true, force: true });
    }
  }

  async read(ref: string | null | undefined): Promise<string> {
    return ref ? (await (await openDirectoryStore(join(this.data_dir, 'objects'))).get(ref)).toString() : '';
  }

  async outcomes(result: BaselineResult): Promise<TestOutcome[][]> {
    return JSON.parse(await this.read(result.tests?.outcomes)) as TestOutcome[][];
  }

  /** What a person would notice of their repository. */
  state(): string[] {
    return [
      this.git('status', '--porcelain'),
      this.git('stash', 'list'),
      this.git('for-each-ref'),
      this.git('rev-parse', 'HEAD'),
      readdirSync(this.repository).join(),
    ];
  }

  close(): void {
    chmodSync(this.folder, 0o700);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
