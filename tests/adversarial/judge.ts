import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Toolchain } from '@codeoptima/contracts';
import { type ChangeVerdict, RUNGS, treePorts, verifyChange } from '@codeoptima/verifier';

/** Rungs that decide about behaviour; the ones above them measure time and take a minute each. */
const BEFORE_SPEED = new Set(['guards', 'surface', 'types', 'public types', 'tests', 'behaviour']);

export type Kind = 'broken' | 'sound';

/** Names of the cases of a kind, one folder each. */
export async function cases(kind: Kind): Promise<string[]> {
  const entries = await readdir(join(import.meta.dirname, kind), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}

const TOOLCHAIN: Toolchain = {
  language: 'node',
  package_manager: { name: 'npm', version: null },
  runtime_version: process.versions.node,
  package_dir: '',
  package_name: 'subject',
  module_format: 'esm',
  typescript: false,
  build_script: null,
  typecheck_command: null,
  framework: 'node-test',
  test_command: 'node --test',
};

function diff(cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('git', ['diff', '--no-index', '--no-color', 'base', 'cand'], { cwd }, (_different, stdout) => {
      resolve(stdout.replaceAll('a/base/', 'a/').replaceAll('b/cand/', 'b/'));
    });
  });
}

/** Makes a repository of each side and climbs the ladder: the whole of it, or up to the rung `behaviour`, with or without `oracle strength`. */
export async function judge(kind: Kind, name: string, options: { whole: boolean; strength?: boolean; seed?: number; search_inputs_max?: number }): Promise<ChangeVerdict> {
  const source = join(import.meta.dirname, kind, name);
  const workdir = await mkdtemp(join(tmpdir(), 'adversarial-'));
  try {
    const extension = existsSync(join(source, 'base.ts')) ? 'ts' : 'js';
    for (const [side, file] of [['base', `base.${extension}`], ['cand', `candidate.${extension}`]] as const) {
      for (const folder of ['src', 'test']) await mkdir(join(workdir, side, folder), { recursive: true });
      await writeFile(join(workdir, side, 'package.json'), `${JSON.stringify({ name: 'subject', type: 'module', exports: `./src/index.${extension}`, scripts: { test: 'node --test' } })}\n`);
      await cp(join(source, file), join(workdir, side, 'src', `index.${extension}`));
      await cp(join(source, 'test.js'), join(workdir, side, 'test', 'test.js'));
    }
    const signal = AbortSignal.timeout(10 * 60_000);
    const ports = treePorts({ toolchain: TOOLCHAIN, test_minutes: 2, unsafe_no_sandbox: false, workdir, signal });
    const baseline = await ports.run_tests(join(workdir, 'base'), { signal, detail: () => undefined });
    const gate = baseline.outcomes.filter((test) => test.status === 'passed').map((test) => test.id);
    if (gate.length === 0) throw new Error(`the tests of ${kind}/${name} do not pass on the base: ${baseline.log.slice(-2000)}`);
    return await verifyChange(
      {
        base_dir: join(workdir, 'base'),
        candidate_dir: join(workdir, 'cand'),
        patch: await diff(workdir),
        candidate: { id: name, source: 'person', rule: null, file: `src/index.${extension}`, symbol: name, hotspot_id: null, patch: `sha256:${'0'.repeat(64)}`, changed_lines: 1, title: name, explanation: '', risk: '', safety: 'assumes' },
        origin: 'proposal',
        toolchain: { ...TOOLCHAIN, typescript: extension === 'ts' },
        gate,
        before: { total: baseline.outcomes.length, passed: gate.length },
        workloads: [{ id: 'workload', name: 'workload', source: 'user', text: await readFile(join(source, 'workload.js'), 'utf8'), path: null, entry: null }],
        hottest_workload_id: null,
        other_workloads_max: 1,
        target_pct: 5,
        changed_lines_max: 60,
        ignored: () => false,
        allow_surface: false,
        strict: false,
        search_budget_ms: options.search_inputs_max === undefined ? 20_000 : 120_000,
        ...(options.search_inputs_max === undefined ? {} : { search_inputs_max: options.search_inputs_max }),
        seed: options.seed ?? 1,
        flags: ['--predictable', '--predictable-gc-schedule', '--no-maglev'],
        unsafe_no_sandbox: false,
        reproduce: null,
        ...ports,
      },
      { signal, now: () => performance.now(), progress: () => undefined, rungs: options.whole ? RUNGS : RUNGS.filter((rung) => BEFORE_SPEED.has(rung.name) || (options.strength === true && rung.name === 'oracle strength')) },
    );
  } finally {
    await rm(workdir, { recursive: true, force: true });
  }
}
