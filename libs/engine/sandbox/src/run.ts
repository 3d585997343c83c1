import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { bubblewrapArgv } from './bubblewrap.ts';
import { ControlGroup } from './cgroup.ts';
import { searchPath } from './env.ts';
import { type Probe, probe, type SandboxState } from './probe.ts';
import { DEFAULT_LIMITS, type SandboxResult, type SandboxSpec } from './spec.ts';
import { supervise } from './supervise.ts';
import { unsandboxedLaunch } from './unsandboxed.ts';

let probed: Promise<Probe> | undefined;

/** Found once per process: what it tests is the machine, which does not change under us. */
async function machine(): Promise<Probe> {
  probed ??= (ControlGroup.sweep(), probe());
  return await probed;
}

/** Whether commands can be isolated here, and by what. Takes some 20 ms the first time. */
export async function checkSandbox(): Promise<SandboxState> {
  const { available, reason } = await machine();
  return { available, reason };
}

function validate(spec: SandboxSpec): void {
  if (spec.argv.length === 0) throw new CodeOptimaError('bad_input', 'A sandboxed command needs at least a program in argv.');
  for (const path of [spec.cwd, ...spec.mounts.flatMap((mount) => [mount.source, mount.target])]) {
    if (!isAbsolute(path))
      throw new CodeOptimaError('bad_input', `The path ${path} of a sandboxed command must be absolute.`, { ids: { path } });
  }
  for (const { source } of spec.mounts) {
    if (!existsSync(source))
      throw new CodeOptimaError('bad_input', `The path ${source} cannot be mounted because it does not exist.`, { ids: { path: source } });
  }
}

/**
 * Runs one untrusted command and waits for its end; whatever it started ends with it. A command that fails is a result, not an error.
 * @throws CodeOptimaError `sandbox_missing` when it cannot be isolated here and `unsafe_no_sandbox` is not set; `bad_input` for a
 *   relative or missing path.
 */
export async function run(spec: SandboxSpec): Promise<SandboxResult> {
  validate(spec);
  const limits = { ...DEFAULT_LIMITS, ...spec.limits };
  if (spec.unsafe_no_sandbox === true) {
    const home = mkdtempSync(join(tmpdir(), 'codeoptima-home-'));
    try {
      return await supervise(unsandboxedLaunch(spec, limits, process.execPath, home), spec, limits);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
  const { available, reason, can } = await machine();
  if (!available)
    throw new CodeOptimaError(
      'sandbox_missing',
      `Untrusted code cannot be isolated here. ${reason} Or, for code you trust, give --unsafe-no-sandbox.`,
    );
  const argv = bubblewrapArgv(spec, can, process.execPath, limits);
  return await supervise({ argv, cwd: undefined, env: { PATH: searchPath() }, isolated: true }, spec, limits);
}
