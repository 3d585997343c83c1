import { copyOf, type Session, type Step } from '../runtime/graph.ts';
import { repeatStep } from './step-inputs.ts';
import type { Surveyed } from './survey.ts';
import type { SystematicInput } from './systematic.ts';

const ALIKE_MAX = 2;
const STEPS_MAX = 4;
const INPUTS_MAX = 24;
/** The next timer only, or all there are. */
const WAITS = [1, 40];

/** Where the code works with time, time passes between two steps: before each of the last ones, and before one of them is done once more. */
export function waitingInputs(surveyed: readonly Surveyed[]): SystematicInput[] {
  const tried = new Map<string, number>();
  return surveyed
    .filter(({ session, seen }) => {
      const kind = session.steps.map(({ id }) => id).join();
      const times = tried.get(kind) ?? 0;
      tried.set(kind, times + 1);
      return seen.timed && times < ALIKE_MAX && session.steps.length > 1;
    })
    .flatMap(({ session }) => waitsIn(session))
    .slice(0, INPUTS_MAX);
}

function waitsIn(session: Session): SystematicInput[] {
  const last = session.steps.length - 1;
  const places = session.steps.map((_, index) => index).slice(Math.max(1, last + 1 - STEPS_MAX));
  const made = (index: number, waits: number, isRepeated: boolean): SystematicInput[] => {
    const copy = copyOf(session);
    if (isRepeated && !(repeatStep(copy, index) && repeatStep(copy, index))) return [];
    for (const at of isRepeated ? [index + 1] : [index]) (copy.steps[at] as Step).waits = waits;
    return [{ session: copy, origin: session.key, in_domain: true }];
  };
  return WAITS.flatMap((waits) => [...made(last, waits, true), ...places.flatMap((index) => made(index, waits, false))]);
}
