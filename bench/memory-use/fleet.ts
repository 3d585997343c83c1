import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArtifactStore, openDirectoryStore } from '@codeoptima/artifacts';
import { type MemoryUse, ProposePayload, VerifyPayload, type VerifyResult } from '@codeoptima/contracts';
import { MemoryServer } from '@codeoptima/testkit';
import { packTree } from '@codeoptima/toolchains';
import { rememberVerdict } from '../../services/benchmark-runner/src/adapters/remember.ts';
import { propose } from '../../services/refactorer/src/propose.ts';
import { type Family, member } from './families.ts';
import { judge } from './judge.ts';

/** Gives the verdict on a candidate; the text of its patch and the function are at hand. */
export type Judge = (family: Family, rule: string, source: string, patch: string, args: string) => Promise<VerifyResult>;

const FILE = 'hot.js';
/** As in the workflow: a run ends after so many candidates without a proved gain. */
const MISSES_MAX = 3;
const SEED = 7;

export interface Search {
  /** Candidates tried up to the first that was accepted; null when the run ended before. */
  tried: number | null;
  /** Rules in the order they were tried. */
  rules: string[];
  /** Rules of ideas that fell before on this very code. */
  not_tried_again: string[];
  /** What the memory said of itself. */
  memory: MemoryUse;
}

/** Proposer and judge of one run, with a memory that can be empty, taught or gone. */
export class SearchBench {
  readonly #dir: string;
  readonly #store: ArtifactStore;
  readonly #judge: Judge;
  #runs = 0;
  #servers = 0;

  private constructor(store: ArtifactStore, dir: string, given: Judge | null) {
    this.#store = store;
    this.#judge = given ?? ((_family, _rule, source, patch, args) => judge(dir, FILE, source, patch, args, SEED));
    this.#dir = dir;
  }

  /** @param given in place of the measurement, for tests */
  static async open(given: Judge | null = null): Promise<SearchBench> {
    const dir = mkdtempSync(join(tmpdir(), 'bench-memory-use-'));
    mkdirSync(join(dir, 'sockets'), { mode: 0o700 });
    return new SearchBench(await openDirectoryStore(join(dir, 'objects')), dir, given);
  }

  close(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }

  emptyMemory(): Promise<MemoryServer> {
    return MemoryServer.start(`unix:${join(this.#dir, 'sockets', `m${this.#servers++}.sock`)}`);
  }

  /** Where nobody listens. */
  get nowhere(): string {
    return `unix:${join(this.#dir, 'sockets', 'nobody.sock')}`;
  }

  /** Searches one repository of a family until something is accepted, as a run does, and remembers every verdict. */
  async search(family: Family, which: 0 | 1 | 2, address: string): Promise<Search> {
    const { source, args } = member(family, which);
    const prepared = await this.#prepare(source);
    const repository = `/srv/${family.name}/${which}`;
    const tried: string[] = [];
    const rules: string[] = [];
    let memory: MemoryUse = { state: 'absent', note: null };
    let not_tried_again: string[] = [];
    const found = (accepted: boolean): Search => ({ tried: accepted ? tried.length : null, rules, not_tried_again, memory });
    for (;;) {
      const payload = this.#payload(repository, prepared, source, tried);
      const proposed = await propose({ address })(this.#context(payload, 1n) as never);
      memory = proposed.memory ?? memory;
      not_tried_again = proposed.memory?.not_tried_again.map(({ rule }) => rule) ?? [];
      if (proposed.candidates.length === 0) return found(false);
      for (const candidate of proposed.candidates) {
        const patch = (await this.#store.get(candidate.patch)).toString('utf8');
        const result = await this.#judge(family, candidate.rule ?? '', source, patch, args);
        rules.push(candidate.rule ?? '');
        tried.push(candidate.id);
        const { baseline, config } = payload;
        const verify = VerifyPayload.parse({ run_id: 'bench', baseline, workloads: [], accepted: [], candidate, config, repository });
        await rememberVerdict({ address }, this.#context(verify, 1n) as never, result, Date.UTC(2026, 0, 1) + this.#runs);
        if (result.verdict === 'certified') return found(true);
        if (tried.length >= MISSES_MAX) return found(false);
      }
    }
  }

  #context(payload: unknown, epoch: bigint): object {
    const workdir = join(this.#dir, `work-${this.#runs++}`);
    mkdirSync(workdir);
    const log = { warn: () => undefined };
    return {
      payload,
      artifacts: this.#store,
      workdir,
      signal: AbortSignal.timeout(120_000),
      progress: () => undefined,
      item_id: `i${this.#runs}`,
      epoch,
      log,
    };
  }

  async #prepare(source: string): Promise<string> {
    const tree = mkdtempSync(join(this.#dir, 'tree-'));
    writeFileSync(join(tree, FILE), source);
    const archive = `${tree}.tar.zst`;
    await packTree(tree, archive);
    return this.#store.put(readFileSync(archive));
  }

  #payload(repository: string, prepared: string, source: string, tried: readonly string[]): ProposePayload {
    const end_line = source.trimEnd().split('\n').length;
    return ProposePayload.parse({
      run_id: 'bench',
      repository,
      tried,
      accepted: [],
      limit: 5,
      config: {},
      baseline: {
        outcome: 'ready',
        reason: '',
        base_commit: 'a'.repeat(40),
        base_branch: 'main',
        notes: [],
        prepared,
        tests: null,
        log: null,
        toolchain: {
          language: 'node',
          package_manager: { name: 'npm', version: null },
          runtime_version: process.version,
          package_dir: '',
          package_name: null,
          module_format: 'esm',
          typescript: false,
          build_script: null,
          typecheck_command: null,
          framework: 'node-test',
          test_command: 'true',
        },
      },
      hotspots: {
        workloads: [],
        profile: null,
        notes: [],
        hotspots: [
          {
            id: 'h',
            file: FILE,
            symbol: 'hot',
            start_line: 1,
            end_line,
            inclusive_share: 0.9,
            self_share: 0.9,
            calls: null,
            growth: null,
            reached_by_tests: true,
            workload_id: 'w',
            score: 0.9,
            reasons: [],
          },
        ],
      },
    });
  }
}
