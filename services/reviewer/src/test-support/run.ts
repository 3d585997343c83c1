import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArtifactStore, openDirectoryStore } from '@codeoptima/artifacts';
import { type CertifiedCandidate, type JudgedCandidate, ReviewPayload, type ReviewResult } from '@codeoptima/contracts';
import { CandidateEvidence } from '@codeoptima/evidence';
import { review } from '../review.ts';

const LINES = ['export const has = (list, x) => list.includes(x);', 'export const twice = (x) => x + x;'];
const FASTER = ['export const has = (list, x) => list.indexOf(x) >= 0;', 'export const twice = (x) => 2 * x;'];
const HEAD = '--- a/src/a.js\n+++ b/src/a.js\n@@ -1,2 +1,2 @@\n';

/** Two changes that stand on each other, in the order they were accepted. */
export const PATCHES = [`${HEAD}-${LINES[0]}\n+${FASTER[0]}\n ${LINES[1]}\n`, `${HEAD} ${FASTER[0]}\n-${LINES[1]}\n+${FASTER[1]}\n`];

/** A real repository, object store and data directory to review in. */
export class ReviewBench {
  readonly dir = mkdtempSync(join(tmpdir(), 'codeoptima-review-'));
  readonly repository = join(this.dir, 'repo ü');
  readonly data_dir = join(this.dir, 'data');
  readonly base_commit: string;
  #attempts = 0;

  constructor() {
    mkdirSync(join(this.repository, 'src'), { recursive: true });
    writeFileSync(join(this.repository, 'src/a.js'), `${LINES.join('\n')}\n`);
    this.git('init', '-q', '-b', 'main');
    this.git('add', '-A');
    this.git('commit', '-q', '-m', 'first');
    this.base_commit = this.git('rev-parse', 'HEAD');
  }

  git(...args: string[]): string {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...identity, ...args], { cwd: this.repository, encoding: 'utf8' }).trim();
  }

  artifacts(): Promise<ArtifactStore> {
    return openDirectoryStore(join(this.data_dir, 'objects'));
  }

  /** Stores the evidence of a candidate and gives what the planner would keep of it. */
  async judged(id: string, text: string, verdict: 'certified' | 'not_proven'): Promise<CertifiedCandidate> {
    const store = await this.artifacts();
    const candidate = {
      id,
      source: 'rule' as const,
      rule: 'some-rule',
      file: 'src/a.js',
      symbol: id,
      hotspot_id: null,
      patch: await store.put(text),
      changed_lines: 2,
      title: `perf(a): change ${id}`,
      explanation: 'It was slow.',
      risk: 'None known.',
      safety: 'safe' as const,
    };
    const evidence = CandidateEvidence.parse({
      candidate,
      verdict,
      reason: 'why',
      checks: [],
      patch: text,
      measurement: null,
      behaviour: null,
      tests: null,
    });
    const result = { verdict, reason: 'why', checks: [], estimate_pct: 38, provable_pct: verdict === 'certified' ? 31 : null };
    return { candidate, result: { ...result, evidence: await store.put(JSON.stringify(evidence)) } };
  }

  async payload(accepted: CertifiedCandidate[], rejected: JudgedCandidate[], repository = this.repository): Promise<ReviewPayload> {
    const store = await this.artifacts();
    const baseline = {
      outcome: 'ready',
      reason: '',
      base_commit: this.base_commit,
      base_branch: 'main',
      notes: [],
      toolchain: null,
      prepared: null,
      tests: {
        total: 2,
        passed: 2,
        failing: [],
        flaky: [],
        gate: await store.put('["a","b"]'),
        outcomes: await store.put('[]'),
        runs: 2,
        duration_ms: 1,
      },
      log: null,
    };
    return ReviewPayload.parse({
      run_id: 'run-1',
      request: { repository, ref: this.base_commit, config: {} },
      baseline,
      hotspots: null,
      accepted,
      rejected,
      cost: { usd: 0, ci_minutes: 1 },
      submitted_at_ms: 1_700_000_000_000,
    });
  }

  async review(payload: ReviewPayload): Promise<ReviewResult> {
    const handler = review({ data_dir: this.data_dir, now_ms: () => 1_700_000_100_000 });
    return handler(await this.context('review', payload));
  }

  /** What the worker hands to a handler, with a fresh work folder for every attempt. */
  async context<T extends 'review' | 'merge', P>(task: T, payload: P) {
    this.#attempts++;
    const workdir = join(this.dir, `attempt-${this.#attempts}`);
    mkdirSync(workdir);
    return {
      item_id: 'item',
      run_id: 'run-1',
      task,
      epoch: BigInt(this.#attempts),
      attempt: this.#attempts,
      payload,
      signal: new AbortController().signal,
      progress: () => undefined,
      bounded: <R>(work: () => Promise<R>) => work(),
      addUsage: () => undefined,
      artifacts: await this.artifacts(),
      workdir,
      log: undefined as never,
      deadline_ms: null,
    };
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
