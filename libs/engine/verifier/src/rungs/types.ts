import type { Ascent } from '../ascent.ts';
import type { Rung } from '../ladder.ts';

/** The repository's own type check, where it has one: what passed before must pass now. */
export const types: Rung<Ascent> = {
  name: 'types',
  doing: 'checking types',
  async climb({ subject }, signal) {
    const command = subject.toolchain.typecheck_command;
    if (command === null) return { outcome: 'skipped', detail: 'the repository has no type check' };
    const after = await subject.run_command(subject.candidate_dir, command, signal);
    if (after.exit_code === 0) return { outcome: 'passed', detail: command };
    const before = await subject.run_command(subject.base_dir, command, signal);
    if (before.exit_code !== 0) return { outcome: 'warning', detail: `${command} fails before the change as well` };
    const first =
      after.output
        .split('\n')
        .find((line) => /error|:\d+/.test(line))
        ?.trim()
        .slice(0, 300) ?? `exit code ${String(after.exit_code)}`;
    return { outcome: 'failed', detail: first, fall: { verdict: 'tests_regressed', reason: `The type check fails: ${first}` } };
  },
};
