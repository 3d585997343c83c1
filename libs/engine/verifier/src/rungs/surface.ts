import type { Ascent } from '../ascent.ts';
import { readChangedSources } from '../changed-sources.ts';
import { parseDiff } from '../guards/index.ts';
import { parseSource } from '../guards/syntax.ts';
import type { Rung } from '../ladder.ts';
import { compareSurfaces, readSurface } from '../surface/surface.ts';

/** Exports, signatures, key order of returned literals and thrown messages stay, unless a change of them was asked for. */
export const surface: Rung<Ascent> = {
  name: 'surface',
  doing: 'comparing the surface',
  async climb(ascent) {
    const { subject } = ascent;
    const sources = await readChangedSources(subject.base_dir, subject.candidate_dir, parseDiff(subject.patch));
    ascent.surface = sources.flatMap(({ file, base, candidate }) => {
      if (base === null || candidate === null) return [];
      const sides = [base, candidate].map((text) => readSurface(parseSource(file, text), text));
      return compareSurfaces(sides[0] as never, sides[1] as never).map((difference) => `${file}: ${difference}`);
    });
    if (ascent.surface.length === 0) return { outcome: 'passed', detail: 'exports, signatures, key orders and messages are the same' };
    const detail = ascent.surface.join(' ');
    if (subject.allow_surface) return { outcome: 'warning', detail };
    return { outcome: 'failed', detail, fall: { verdict: 'refused', reason: ascent.surface[0] ?? detail } };
  },
};
