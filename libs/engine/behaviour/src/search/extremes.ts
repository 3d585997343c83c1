import { copyOf, isRef, type Session } from '../runtime/graph.ts';
import { sizeOf } from './compact.ts';
import { recursionsOf, toChain } from './recursions.ts';
import { slotsOf } from './slots.ts';
import type { SystematicInput } from './systematic.ts';

/** Deeper than one call for each level can go, whatever a call needs of the stack. */
const LEVELS = 25_000;
/** More than can be handed over as arguments of one call, with a stack so small that looking through them again and again is no matter. */
const ELEMENTS = 30_000;
const STACK_KIB = 200;
/** Times as many, where the stack is as usual. */
const USUAL = 5;
const RECURSIONS_MAX = 3;
const LISTS_MAX = 2;
const TEXTS_MAX = 2;
const SIZE_MAX = 80;
const BRACKETS: readonly (readonly [string, string])[] = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
];

/**
 * Inputs at the limits of the engine: data and text nested deeper than the stack, lists longer than a list of arguments. Where the base runs
 * into the limit as well nothing is said; where only the candidate does, it is a difference.
 */
export function extremeInputs(seeds: readonly Session[]): SystematicInput[] {
  const out: SystematicInput[] = [];
  const kinds = new Set<string>();
  const small = seeds.filter((session) => sizeOf(session) < SIZE_MAX).toSorted((a, b) => a.nodes.length - b.nodes.length);
  const add = (kind: string, most: number, session: Session, change: (copy: Session) => void): void => {
    const name = `${kind} ${session.steps.at(-1)?.id}`;
    if (kinds.has(name) || [...kinds].filter((other) => other.startsWith(kind.split(' ')[0] as string)).length >= most) return;
    kinds.add(name);
    const copy = copyOf(session);
    change(copy);
    out.push({ session: copy, origin: session.key, in_domain: true });
  };
  for (const session of small) {
    for (const place of recursionsOf(session))
      add(`deep ${place.path.join()}`, RECURSIONS_MAX, session, (copy) => toChain(copy, place, LEVELS));
    for (const [index, slot] of slotsOf(session).entries()) {
      const value = slot.get();
      const node = isRef(value) ? session.nodes[value.r] : undefined;
      if (node?.k === 'array' && node.items.length > 0 && node.items.every((item) => typeof item === 'number' || typeof item === 'string'))
        add(`wide ${slot.key}`, LISTS_MAX, session, (copy) => {
          const list = copy.nodes[(value as { r: number }).r];
          if (list?.k !== 'array') return;
          list.times = Math.ceil(ELEMENTS / list.items.length);
          copy.stack_kib = STACK_KIB;
        });
      for (const [open, close] of BRACKETS)
        if (typeof value === 'string' && value.includes(open) && value.includes(close))
          add(`nested ${open}`, TEXTS_MAX, session, (copy) => slotsOf(copy)[index]?.set(open.repeat(LEVELS) + close.repeat(LEVELS)));
    }
  }
  return out;
}

/** The same for a stack as it usually is: what is told to a person is seen there. */
export function withUsualStack<T extends Session>(session: T): T {
  if (session.stack_kib === undefined) return session;
  const { stack_kib: _, ...rest } = copyOf(session);
  for (const node of rest.nodes) if (node.k === 'array' && node.times !== undefined) node.times *= USUAL;
  return rest as T;
}
