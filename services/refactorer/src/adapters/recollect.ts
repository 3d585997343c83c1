import type { Experience, MemoryUse, Recollection } from '@codeoptima/contracts';
import { experienceOf, KIND_PATTERN, KIND_VERDICT, LIKENESS_MIN, type VerdictData, verdictOf, wireLanguage } from '@codeoptima/experience';
import { type MemoryClient, type Reach, optionalMemory } from '@codeoptima/memory';
import type { Proposal } from '../domain/rank.ts';

/** Hot functions that are asked about; those further down are hardly ever reached. */
const FUNCTIONS_MAX = 20;
const PER_FUNCTION = 8;
/** Examples that travel with the run. */
const EXPERIENCES_MAX = 24;
const VERDICTS_MAX = 50;
/** One recall. A memory that does not answer by then is taken for down. */
const CALL_MS = 3_000;
/** All recalls together: a slow memory must not hold up a run. */
const BUDGET_MS = 15_000;

export interface Recalled {
  use: MemoryUse;
  experiences: Experience[];
  verdicts: VerdictData[];
}

/**
 * What the memory knows about the functions of these proposals. Never throws for the memory's sake: a memory that is absent, down, slow or
 * at odds gives nothing but a sentence, and what was recalled in an earlier iteration serves instead.
 */
export async function recollect(
  reach: Reach,
  project: string,
  proposals: readonly Proposal[],
  earlier: Recollection | null,
  signal: AbortSignal,
): Promise<Recalled> {
  const fallen = (state: 'absent' | 'down', note: string): Recalled => ({
    use: { state, note },
    experiences: [...(earlier?.experiences ?? [])],
    verdicts: [],
  });
  if (reach === null)
    return fallen('absent', 'There is no memory here: nothing is recalled or remembered (`codeoptima doctor` says what to install).');
  let outage = '';
  const memory = optionalMemory({ ...reach, project, role: 'refactorer', timeout_ms: CALL_MS }, (sentence) => void (outage = sentence));
  const limit = AbortSignal.any([signal, AbortSignal.timeout(BUDGET_MS)]);
  try {
    const recalled = await memory.use((client) => askAll(client, proposals, limit), null);
    if (recalled === null) return fallen('down', outage);
    const { experiences } = recalled;
    return { ...recalled, use: { state: 'used', note: experiences.length === 0 ? null : noteOf(experiences) } };
  } catch (error) {
    signal.throwIfAborted();
    return fallen('down', `The memory could not be used, the run goes on without it: ${(error as Error).message}`);
  } finally {
    memory.close();
  }
}

async function askAll(client: MemoryClient, proposals: readonly Proposal[], signal: AbortSignal): Promise<Omit<Recalled, 'use'>> {
  const experiences: Experience[] = [];
  const verdicts: VerdictData[] = [];
  const functions = new Map<string, Proposal>();
  for (const proposal of proposals)
    if (proposal.subject && functions.size < FUNCTIONS_MAX)
      functions.set(`${proposal.hotspot.id} ${proposal.subject.function_hash}`, proposal);
  for (const { subject, hotspot, file } of functions.values()) {
    if (!subject) continue;
    const code = { source: subject.before, language: wireLanguage(subject.language), path: file };
    const alike = await client.recall(
      {
        query: { case: 'code', value: code },
        filter: { kinds: [KIND_VERDICT, KIND_PATTERN] },
        limit: PER_FUNCTION,
        scoreAtLeast: LIKENESS_MIN,
        includeShared: true,
      },
      { signal },
    );
    for (const { memory, score } of alike.results) {
      const experience = memory && experienceOf(memory, score, hotspot.id);
      if (experience) experiences.push(experience);
    }
    const same = await client.recall(
      {
        filter: { kinds: [KIND_VERDICT], data: { function_hash: { kind: { case: 'stringValue', value: subject.function_hash } } } },
        limit: VERDICTS_MAX,
        includeShared: true,
      },
      { signal },
    );
    for (const { memory } of same.results) {
      const verdict = memory && verdictOf(memory);
      if (verdict) verdicts.push(verdict);
    }
  }
  experiences.sort((a, b) => b.likeness - a.likeness);
  return { experiences: experiences.slice(0, EXPERIENCES_MAX), verdicts };
}

function noteOf(experiences: readonly Experience[]): string {
  const verdicts = experiences.filter(({ kind }) => kind === 'verdict').length;
  const known = new Set(experiences.map(({ memory_id }) => memory_id)).size;
  return `The memory knew ${known} similar case${known === 1 ? '' : 's'} (${verdicts > 0 ? 'verdicts of earlier runs' : ''}${verdicts > 0 && verdicts < experiences.length ? ' and ' : ''}${verdicts < experiences.length ? 'changes people made' : ''}), which ordered the candidates.`;
}
