import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MeasuredWorkload, resolveEntry } from '@codeoptima/measurement';
import { NODE_TARGET, REPO_TARGET, run } from '@codeoptima/sandbox';

const LIMIT_MS = 60_000;
const FOLDER_TARGET = '/workload';

/** Runs one operation and the check of a workload in the tree `dir`, which may be written to. Its failure is no error here: what ran, ran. */
export async function runWorkloadOnce(
  dir: string,
  workload: MeasuredWorkload,
  options: { package_dir: string; env: Record<string, string>; unsafe_no_sandbox: boolean; signal?: AbortSignal | undefined },
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'codeoptima-workload-'));
  try {
    const root = options.unsafe_no_sandbox ? dir : REPO_TARGET;
    const home = options.unsafe_no_sandbox ? folder : FOLDER_TARGET;
    const module = workload.path === null ? join(home, 'workload.mjs') : join(root, workload.path);
    const entry = join(root, resolveEntry(dir, options.package_dir, workload.entry));
    await writeFile(join(folder, 'workload.mjs'), workload.text);
    await writeFile(join(folder, 'run.mjs'), script(module, entry));
    await run({
      argv: [NODE_TARGET, join(home, 'run.mjs')],
      cwd: root,
      mounts: [
        { source: dir, target: REPO_TARGET, mode: 'rw' },
        { source: folder, target: FOLDER_TARGET, mode: 'ro' },
      ],
      env: options.env,
      limits: { wall_ms: LIMIT_MS },
      unsafe_no_sandbox: options.unsafe_no_sandbox,
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const script = (module: string, entry: string): string => `
import { pathToFileURL } from 'node:url';
const load = (path) => import(pathToFileURL(path).href);
const { default: setup } = await load(${JSON.stringify(module)});
const { fn, check } = await setup(await load(${JSON.stringify(entry)}));
await fn();
await (typeof check === 'function' ? check() : check);
`;
