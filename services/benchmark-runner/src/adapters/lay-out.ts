import { join } from 'node:path';
import type { BaselineResult } from '@codeoptima/contracts';
import { applyPatch } from '@codeoptima/scm';
import { copyTree, unpackTree } from '@codeoptima/toolchains';
import { checkPatch, treePorts } from '@codeoptima/verifier';
import type { TaskContext } from '@codeoptima/worker';

export interface LaidOut {
  base_dir: string;
  candidate_dir: string;
  patch: string;
  tree: ReturnType<typeof treePorts>;
}

/** Base (with all that was accepted before) and candidate, side by side at paths of equal length. */
export async function layOut(
  context: TaskContext<'verify'>,
  prepared: string,
  toolchain: NonNullable<BaselineResult['toolchain']>,
): Promise<LaidOut> {
  const { payload, artifacts, workdir, signal } = context;
  const { limits, unsafe_no_sandbox } = payload.config;
  const base_dir = join(workdir, 'base');
  const candidate_dir = join(workdir, 'cand');
  const patchText = async (ref: string): Promise<string> => (await artifacts.get(ref)).toString('utf8');
  const archive = join(workdir, 'prepared.tar.zst');
  await artifacts.getToFile(prepared, archive);
  await unpackTree(archive, base_dir, signal);
  for (const { candidate } of payload.accepted) await applyPatch(base_dir, await patchText(candidate.patch), { signal });
  const tree = treePorts({ toolchain, test_minutes: limits.test_minutes, unsafe_no_sandbox, workdir, signal });
  if (payload.accepted.length > 0 && toolchain.build_script !== null) await tree.build(base_dir, signal);
  const patch = await patchText(payload.candidate.patch);
  await checkPatch(workdir, patch, signal);
  await copyTree(base_dir, candidate_dir, signal);
  await applyPatch(candidate_dir, patch, { signal });
  return { base_dir, candidate_dir, patch, tree };
}
