import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MeasuredWorkload } from '@codeoptima/measurement';
import { benchmarkFiles, benchmarkKind } from './benchmark-files.ts';
import type { Draft } from './draft.ts';
import type { TimeBudget } from './time-budget.ts';
import { listingText, scriptText, taskText } from './workload-text.ts';
import { filesBelow, packageScripts, readSource } from './tree.ts';
import { type Ground, repeats, tryOut } from './try-out.ts';

const TASKS_PER_FILE_MAX = 8;
const DRAFTS_MAX = 16;
/** A whole script is an operation only when it is short. */
const SCRIPT_LIMIT_MS = 10_000;
const WEIGHT = 1;

export interface Benchmarks {
  drafts: Draft[];
  notes: string[];
}

const named = (id: string, name: string, text: string, path: string | null = null): MeasuredWorkload => ({
  id,
  name,
  source: 'repository',
  text,
  path,
  entry: null,
});

/** Turns the repository's own benchmarks, but for `taken` files, into workloads as far as the time allows; what could not be turned is noted. */
export async function benchmarkWorkloads(
  ground: Ground,
  taken: ReadonlySet<string>,
  budget: TimeBudget,
  budget_share: number,
): Promise<Benchmarks> {
  const paths = (await filesBelow(ground.dir)).filter((path) => !taken.has(path));
  const files = benchmarkFiles(paths, ground.package_dir, await packageScripts(ground.dir, ground.package_dir));
  const found: Benchmarks = { drafts: [], notes: [] };
  // Scripts run whole are the coarsest workload, and often only start the other files: last, and only when nothing else was found.
  for (const scripts of [false, true]) {
    for (const [index, file] of files.entries()) {
      if (found.drafts.length >= (scripts ? 1 : DRAFTS_MAX)) break;
      const text = await readSource(ground.dir, file);
      if ((benchmarkKind(text) === 'script') !== scripts) continue;
      if (!budget.allows(2000, budget_share)) {
        found.notes.push(`No time was left to try the benchmark ${file}.`);
        continue;
      }
      const made = await fromFile(ground, file, text, `bench-${index + 1}`, budget, budget_share);
      found.drafts.push(...made.drafts.slice(0, DRAFTS_MAX - found.drafts.length));
      found.notes.push(...made.notes);
    }
  }
  return found;
}

async function fromFile(ground: Ground, file: string, text: string, id: string, budget: TimeBudget, share: number): Promise<Benchmarks> {
  const kind = benchmarkKind(text);
  if (kind === 'suite') return await fromSuite(ground, file, id, budget, share);
  if (kind === 'workload') {
    const workload = named(id, file, text, file);
    if ((await tryOut(ground, workload)).ok) return { drafts: [{ workload, weight: WEIGHT }], notes: [] };
  }
  const script = named(id, file, scriptText(file));
  const tried = await tryOut(ground, script, Math.min(3 * SCRIPT_LIMIT_MS, Math.max(2000, budget.left_ms(share))));
  if (!tried.ok) return { drafts: [], notes: [`The benchmark ${file} could not be used: ${tried.message}.`] };
  const took_ms = tried.sample.first_op_cpu_ns / 1e6;
  if (took_ms > SCRIPT_LIMIT_MS)
    return { drafts: [], notes: [`The benchmark ${file} runs for ${Math.round(took_ms / 1000)} s, too long for an operation.`] };
  // A script that returns at once has only defined something.
  if (took_ms < 1) return { drafts: [], notes: [] };
  return { drafts: [{ workload: script, weight: WEIGHT }], notes: [] };
}

let recorderText: Promise<string> | undefined;
const recorder = async (): Promise<string> => await (recorderText ??= readFile(join(import.meta.dirname, 'suite-recorder.mjs'), 'utf8'));

async function fromSuite(ground: Ground, file: string, id: string, budget: TimeBudget, share: number): Promise<Benchmarks> {
  const source = await recorder();
  const listed = await tryOut(ground, named(id, file, listingText(source, file)));
  if (!listed.ok) return { drafts: [], notes: [`The benchmark ${file} could not be used: ${listed.message}.`] };
  const names = namesIn(listed.sample.check_preview);
  const found: Benchmarks = { drafts: [], notes: [] };
  for (const [index, name] of names.slice(0, TASKS_PER_FILE_MAX).entries()) {
    if (!budget.allows(1500, share)) break;
    const label = `${file} > ${name}`;
    const checked = named(`${id}-${index + 1}`, label, taskText(source, file, index, true));
    const first = await tryOut(ground, checked);
    if (!first.ok) found.notes.push(`The benchmark ${label} could not be used: ${first.message}.`);
    else if (await repeats(ground, checked, first.sample)) found.drafts.push({ workload: checked, weight: WEIGHT });
    else found.drafts.push({ workload: { ...checked, text: taskText(source, file, index, false) }, weight: WEIGHT });
  }
  if (names.length > TASKS_PER_FILE_MAX)
    found.notes.push(`Of ${names.length} benchmarks in ${file} the first ${TASKS_PER_FILE_MAX} were tried.`);
  return found;
}

/** The check value was a JSON text; its canonical form is `s<length>:<text>;`. */
function namesIn(preview: string): string[] {
  const match = /^s(\d+):/.exec(preview);
  if (match === null) return [];
  try {
    return JSON.parse(preview.slice(match[0].length, match[0].length + Number(match[1]))) as string[];
  } catch {
    return [];
  }
}
