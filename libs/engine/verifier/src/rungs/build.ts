import type { Ascent } from '../ascent.ts';
import type { Rung } from '../ladder.ts';

/** Builds the candidate where the repository has a build: its tests and workloads may run what was built. */
export const build: Rung<Ascent> = {
  name: 'build',
  doing: 'building',
  async climb({ subject }, signal) {
    if (subject.toolchain.build_script === null) return { outcome: 'skipped', detail: 'the repository has no build' };
    const failure = await subject.build(subject.candidate_dir, signal);
    if (failure === null) return { outcome: 'passed', detail: subject.toolchain.build_script };
    return {
      outcome: 'failed',
      detail: failure,
      fall: { verdict: 'tests_regressed', reason: `The build fails with the change: ${failure}` },
    };
  },
};
