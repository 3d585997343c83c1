import { copyOf, isOut, type PathPart, type Session, type Step, type Value } from '../runtime/graph.ts';
import { cloneValue } from './clone-value.ts';
import type { Random } from './random.ts';

type Out = { out: number; path: PathPart[] };

/** Steps seen anywhere, to be used in other sessions, and which results fit which places. */
export class Donors {
  readonly #steps: { session: Session; step: Step }[] = [];
  /** Role of a result: what made it and the way to it; roles that were used at one place are one class. */
  readonly #parents = new Map<string, string>();

  constructor(sessions: readonly Session[]) {
    const seen = new Map<string, number>();
    for (const session of sessions)
      for (const step of session.steps) {
        for (const [place, value] of placesOf(step)) if (isOut(value)) this.#join(place, roleOf(value, session));
        const shape = `${step.op}${step.id}:${step.args.map((arg) => JSON.stringify(arg).slice(0, 20)).join()}`;
        seen.set(shape, (seen.get(shape) ?? 0) + 1);
        if ((seen.get(shape) ?? 0) <= 8) this.#steps.push({ session, step });
      }
  }

  #find(role: string): string {
    let at = role;
    while (this.#parents.has(at)) at = this.#parents.get(at) as string;
    return at;
  }

  #join(a: string, b: string): void {
    const [x, y] = [this.#find(a), this.#find(b)];
    if (x !== y) this.#parents.set(x, y);
  }

  /** One step of every kind seen, each to be put after the steps of others. */
  kinds(): number[] {
    const seen = new Map<string, number>();
    for (const [index, { step }] of this.#steps.entries()) {
      const kind = `${step.op}${step.id}.${step.name ?? ''}`;
      if (!seen.has(kind)) seen.set(kind, index);
    }
    return [...seen.values()];
  }

  /** Puts one particular step at the end of the session, on values of this session. */
  appendKind(session: Session, kind: number, random: Random): boolean {
    const donor = this.#steps[kind];
    const filled = donor ? this.#fill(donor.step, donor.session, session, referencesIn(session), random) : null;
    if (filled) session.steps.push(filled);
    return filled !== null;
  }

  /** Puts a step seen elsewhere at the end of the session, on values of this session. Null when nothing fits. */
  append(session: Session, random: Random): boolean | null {
    const available = referencesIn(session);
    if (available.length === 0) return null;
    for (let attempt = 0; attempt < 12; attempt++) {
      const donor = random.pick(this.#steps);
      if (!donor) return null;
      const filled = this.#fill(donor.step, donor.session, session, available, random);
      if (filled) {
        session.steps.push(filled);
        return true;
      }
    }
    return null;
  }

  #fill(step: Step, from: Session, session: Session, available: Out[], random: Random): Step | null {
    let usesSession = false;
    const move = (place: string, value: Value): Value | null => {
      if (isNothing(value) && random.chance(0.4)) {
        // A reference left out may as well be given: what the same call takes elsewhere fits here.
        const siblings = placesOf(step).flatMap(([other, item]) =>
          isOut(item) && other !== placeName(step, 'this') ? [this.#find(other)] : [],
        );
        const given = random.pick(available.filter((item) => siblings.includes(this.#find(roleOf(item, session)))));
        if (given) {
          usesSession = true;
          return given;
        }
      }
      if (!isOut(value)) return moved(value, from, session);
      const fitting = available.filter((item) => this.#find(roleOf(item, session)) === this.#find(place));
      usesSession = true;
      return random.pick(fitting) ?? null;
    };
    const copy: Step = copyOf(step);
    for (const [place, value, put] of placesOf(copy)) {
      const next = move(place, value);
      if (next === null && value !== null) return null;
      put(next);
    }
    return usesSession ? copy : null;
  }
}

const isNothing = (value: Value): boolean => value === null || (typeof value === 'object' && 'p' in value && value.p === 'undefined');

const placeName = (step: Step, at: string): string =>
  `place ${step.op === 'method' || step.op === 'get' || step.op === 'set' ? `${step.id}.${step.name}` : step.id} ${at}`;

function placesOf(step: Step): [string, Value, (value: Value) => void][] {
  const out: [string, Value, (value: Value) => void][] = [[placeName(step, 'this'), step.self, (value) => (step.self = value)]];
  if (step.callee !== undefined) out.push([placeName(step, 'callee'), step.callee, (value) => (step.callee = value)]);
  for (const [i, arg] of step.args.entries()) out.push([placeName(step, `argument ${i}`), arg, (value) => (step.args[i] = value)]);
  return out;
}

export function roleOf(value: Out, session: Session): string {
  const maker = session.steps[value.out];
  return `result ${maker?.op} ${maker?.id}${maker?.op === 'call' ? '' : `.${maker?.name ?? ''}`} ${value.path.join('.')}`;
}

/** References the session already uses, and the result of every step that made one. */
export function referencesIn(session: Session): Out[] {
  const found = new Map<string, Out>();
  const add = (out: Out): Map<string, Out> => found.set(JSON.stringify(out), out);
  for (const [index, step] of session.steps.entries()) {
    add({ out: index, path: ['ret'] });
    for (const [, value] of placesOf(step)) if (isOut(value)) add({ out: value.out, path: value.path });
  }
  return [...found.values()];
}

/** Copies a value of one session into the node table of another; references to results cannot go along. */
export function moved(value: Value, from: Session, to: Session): Value | null {
  if (typeof value !== 'object' || value === null || !('r' in value)) return value;
  const scratch: Session = { ...from, nodes: copyOf(from.nodes) };
  const start = scratch.nodes.length;
  const copy = cloneValue(scratch, value);
  const shift = to.nodes.length - start;
  const added = scratch.nodes.slice(start);
  let isClean = true;
  const text = JSON.stringify([copy, added], (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null) return item;
    if ('out' in item && 'path' in item) isClean = false;
    return 'r' in item && typeof item.r === 'number' && Object.keys(item).length === 1 ? { r: item.r + shift } : item;
  });
  if (!isClean) return null;
  const [root, nodes] = JSON.parse(text) as [Value, Session['nodes']];
  to.nodes.push(...nodes);
  return root;
}

const uses = (step: Step, index: number): boolean => placesOf(step).some(([, value]) => isOut(value) && value.out === index);

/** Takes a step out; references behind it move up. Refused when a later step needs its result. */
export function dropStep(session: Session, index: number): boolean {
  if (
    JSON.stringify(session.nodes).includes(`"out":${index},`) ||
    session.nodes.some((node) => node.k === 'function' && typeof node.reenter === 'object' && node.reenter.step === index) ||
    session.steps.some(({ takes }) => typeof takes?.doing === 'object' && takes.doing.step === index) ||
    session.steps.some((step) => uses(step, index)) ||
    session.steps.length < 2
  )
    return false;
  session.steps.splice(index, 1);
  renumber(session, (out) => (out > index ? out - 1 : out));
  return true;
}

export function renumber(session: Session, map: (out: number) => number): void {
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('out' in value && 'path' in value) (value as Out).out = map((value as Out).out);
    else for (const inner of Object.values(value)) visit(inner);
  };
  visit(session.steps);
  visit(session.nodes);
  for (const node of session.nodes)
    if (node.k === 'function' && typeof node.reenter === 'object') node.reenter.step = map(node.reenter.step);
  for (const { takes } of session.steps) if (typeof takes?.doing === 'object') takes.doing.step = map(takes.doing.step);
}

export function changeSteps(session: Session, random: Random, donors: Donors): boolean | null {
  const kind = random.below(6);
  if (kind <= 2) return donors.append(session, random);
  if (session.steps.length < 2 && kind !== 4) return null;
  if (kind === 3) return dropStep(session, random.below(session.steps.length)) ? true : null;
  if (kind === 4) {
    session.steps.push(copyOf(session.steps[random.below(session.steps.length)] as Step));
    return true;
  }
  // Two neighbours change places when neither needs the other.
  const at = random.below(session.steps.length - 1);
  const [first, second] = [session.steps[at] as Step, session.steps[at + 1] as Step];
  if (uses(second, at)) return null;
  session.steps.splice(at, 2, second, first);
  renumber(session, (out) => (out === at ? at + 1 : out === at + 1 ? at : out));
  return true;
}
