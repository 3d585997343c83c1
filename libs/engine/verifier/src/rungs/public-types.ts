import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ascent } from '../ascent.ts';
import { parseDiff } from '../guards/index.ts';
import type { Rung } from '../ladder.ts';
import { comparePublicTypes } from '../surface/public-types.ts';

/** What callers' compilers see stays: shipped declarations as they stand after the build, and those of changed TypeScript. */
export const publicTypes: Rung<Ascent> = {
  name: 'public types',
  doing: 'comparing the public types',
  async climb(ascent, signal) {
    const { subject } = ascent;
    const workdir = await mkdtemp(join(tmpdir(), 'codeoptima-types-'));
    try {
      const { differences, compared, not_covered } = await comparePublicTypes({
        base_dir: subject.base_dir,
        candidate_dir: subject.candidate_dir,
        package_dir: subject.toolchain.package_dir,
        changed_files: parseDiff(subject.patch).map((file) => file.new_path ?? file.old_path ?? ''),
        workdir,
        unsafe_no_sandbox: subject.unsafe_no_sandbox,
        signal,
      });
      ascent.surface.push(...differences);
      ascent.not_covered.push(...not_covered);
      const gaps = not_covered.map((gap) => `not covered: ${gap}`);
      const [first] = differences;
      if (first !== undefined) {
        const detail = [...differences, ...gaps].join('; ');
        return subject.allow_surface
          ? { outcome: 'warning', detail }
          : { outcome: 'failed', detail, fall: { verdict: 'refused', reason: `${first} A change of public types needs --allow-surface.` } };
      }
      if (compared === null && gaps.length === 0)
        return { outcome: 'skipped', detail: 'the package offers no types that this change could touch' };
      const same = compared === null ? [] : [`${compared} are the same`];
      return { outcome: gaps.length > 0 ? 'warning' : 'passed', detail: [...same, ...gaps].join('; ') };
    } finally {
      await rm(workdir, { recursive: true, force: true });
    }
  },
};
