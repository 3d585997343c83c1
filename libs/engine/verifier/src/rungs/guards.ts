import { plural } from '@codeoptima/contracts';
import type { Ascent } from '../ascent.ts';
import { readChangedData, readChangedSources } from '../changed-sources.ts';
import { parseDiff, runGuards } from '../guards/index.ts';
import type { Rung } from '../ladder.ts';
import { readSeenTexts } from '../seen-texts.ts';

/** Refuses by the text of the change, before anything of it runs. */
export const guards: Rung<Ascent> = {
  name: 'guards',
  doing: 'reading the change',
  async climb(ascent) {
    const { subject } = ascent;
    const diff = parseDiff(subject.patch);
    if (diff.length === 0)
      return { outcome: 'failed', detail: 'the change is empty', fall: { verdict: 'refused', reason: 'The change is empty.' } };
    const sources = await readChangedSources(subject.base_dir, subject.candidate_dir, diff);
    const data = await readChangedData(subject.base_dir, subject.candidate_dir, diff);
    const seen = [...(await readSeenTexts(subject.base_dir)), ...subject.workloads.map((workload) => workload.text)];
    ascent.findings = runGuards({
      diff,
      sources,
      data,
      seen,
      origin: subject.origin,
      changed_lines_max: subject.changed_lines_max,
      ignored: subject.ignored,
    });
    const refused = ascent.findings.filter((finding) => finding.severity === 'refused');
    const [first] = refused;
    if (first) {
      const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
      const reason = `${first.file}:${first.line} ${first.guard}: ${first.message}${more}`;
      return { outcome: 'failed', detail: reason, fall: { verdict: 'refused', reason } };
    }
    const shown = ascent.findings.map((finding) => `${finding.file}:${finding.line} ${finding.message}`);
    return shown.length > 0
      ? { outcome: 'warning', detail: `needs a person: ${shown.join(' ')}` }
      : { outcome: 'passed', detail: `${plural(diff.length, 'file')}, nothing forbidden` };
  },
};
