import { copyOf, isRef, type Session, type Step } from '../runtime/graph.ts';
import { type ReplayContext, resultKey, runSide, type SideJob, type SideResult } from '../replay/run-side.ts';
import type { Side } from '../replay/side.ts';
import { sizeOf } from './compact.ts';
import type { SystematicInput } from './systematic.ts';

const SESSIONS_MAX = 24;
const SIZE_MAX = 300;
const STEPS_MAX = 4;
const INPUTS_MAX = 20;
const WALL_MS = 5000;

/**
 * Between two steps the caller changes what it gave and got. Only where the base shows nothing of it in what follows: it took a copy, or made
 * one, and a version that does not is another one. Where the base shows it too, what belongs to whom is open.
 */
export async function ownerInputs(sessions: readonly Session[], base: Side, context: ReplayContext): Promise<SystematicInput[]> {
  const chosen = sessions
    .filter((session) => session.steps.length > 1 && sizeOf(session) < SIZE_MAX)
    .toSorted((a, b) => a.steps.length - b.steps.length || a.nodes.length - b.nodes.length)
    .slice(0, SESSIONS_MAX);
  const trials = chosen.flatMap((session) => changedSteps(session)).slice(0, INPUTS_MAX * 2);
  if (trials.length === 0) return [];
  const all = [...chosen, ...trials.map(({ input }) => input.session)];
  const job: SideJob = { sessions: all, plan: [{ treatment: 'warm', keys: all.map(({ key }) => key) }], dead_max: 1, wall_ms: WALL_MS };
  const side = await runSide(base, job, context);
  return trials
    .filter(({ input, index }) => isHidden(side, input, index))
    .map(({ input }) => input)
    .slice(0, INPUTS_MAX);
}

interface Trial {
  input: SystematicInput;
  index: number;
}

function changedSteps(session: Session): Trial[] {
  const kinds = new Map<string, number>();
  for (const [index, step] of session.steps.slice(0, -1).entries())
    if (mayHoldData(step, session)) kinds.set(`${step.id}.${step.name ?? ''}`, index);
  return [...kinds.values()].slice(0, STEPS_MAX).flatMap((index) =>
    (['vary', 'add'] as const).map((owner): Trial => {
      const copy: Session = { ...copyOf(session), key: `${session.key}/owner ${index} ${owner}` };
      (copy.steps[index] as Step).owner = owner;
      return { input: { session: copy, origin: session.key, in_domain: true }, index };
    }),
  );
}

/** It was given a list, a Map, a Set or an object, or may have given one. */
function mayHoldData(step: Step, { nodes }: Session): boolean {
  return step.op !== 'new' && step.op !== 'set'
    ? true
    : step.args.some((arg) => isRef(arg) && /^(?:array|map|set|object)$/.test(nodes[arg.r]?.k ?? ''));
}

/** What the base did after the change is what it did without it. */
function isHidden(side: SideResult, { session, origin }: SystematicInput, index: number): boolean {
  const [plain, changed] = [side.results.get(resultKey('warm', origin)), side.results.get(resultKey('warm', session.key))];
  if (!plain || !changed || plain.broken !== null || changed.broken !== null || changed.engine_error) return false;
  const after = (result: typeof plain): string =>
    result.digests
      .slice(index + 1, session.steps.length)
      .map((digest) => digest.public)
      .join();
  return after(plain) === after(changed);
}
