import { copyOf, type FunctionMeta, isOut, type Session, type Step, undefinedValue, type Value } from '../runtime/graph.ts';
import { moved, referencesIn, roleOf } from './change-steps.ts';
import type { Random } from './random.ts';
import { sizeOf } from './compact.ts';
import type { SystematicInput } from './systematic.ts';

const SESSIONS_TRIED = 6;
const TURNS = 6;
const SIZE_MAX = 300;
const VALUES_MAX = 60;

interface Given {
  value: Value;
  session: Session;
}

/**
 * Ways into the changed code that no test or workload took from outside: functions users can call that call it. Each is called after what a session has
 * done, on what it made; a parameter is given what parameters of the same name were given, else what any was.
 */
export class UnseenCallers {
  readonly #callers: FunctionMeta[];
  /** Roles of results that stood for a parameter of this name, or for the receiver of such a method; and values that did. */
  readonly #roles = new Map<string, Set<string>>();
  readonly #values = new Map<string, Given[]>();

  constructor(sessions: readonly Session[], functions: readonly FunctionMeta[], callers: readonly FunctionMeta[]) {
    const called = new Set(sessions.flatMap(({ level, steps }) => (level === 'entry' ? steps.map((step) => step.id) : [])));
    this.#callers = callers.filter((meta) => !called.has(meta.id) && meta.kind !== 'setter' && meta.kind !== 'constructor');
    if (this.#callers.length === 0) return;
    const entries = sessions.filter((session) => session.level === 'entry');
    for (const session of entries.length > 0 ? entries : sessions)
      for (const step of session.steps) {
        const meta = functions[step.id];
        if (!meta) continue;
        if (isOut(step.self)) this.#note(ownerOf(meta), step.self, session);
        for (const [index, arg] of step.args.entries())
          for (const name of [`parameter ${meta.params[index]?.name}`, 'parameter']) this.#note(name, arg, session);
      }
  }

  get count(): number {
    return this.#callers.length;
  }

  #note(name: string, value: Value, session: Session): void {
    if (isOut(value)) this.#roles.set(name, (this.#roles.get(name) ?? new Set()).add(roleOf(value, session)));
    else {
      const known = this.#values.get(name) ?? [];
      if (known.length < VALUES_MAX) known.push({ value, session });
      this.#values.set(name, known);
    }
  }

  /** Every unseen caller a few times on the simplest sessions, one of each in turn. */
  inputs(seeds: readonly Session[], random: Random): (() => SystematicInput | null)[] {
    const entries = seeds.filter((session) => session.level === 'entry');
    const sessions = (entries.length > 0 ? entries : seeds)
      .filter((session) => sizeOf(session) <= SIZE_MAX)
      .toSorted((a, b) => b.steps.length - a.steps.length)
      .slice(0, SESSIONS_TRIED);
    const turns = Array.from({ length: TURNS }, (_, turn) => turn);
    return turns.flatMap(() =>
      sessions.flatMap((session) =>
        this.#callers.map((meta) => () => {
          const copy = copyOf(session);
          return this.#append(copy, meta, random) ? { session: copy, origin: session.key, in_domain: true } : null;
        }),
      ),
    );
  }

  append(session: Session, random: Random): boolean | null {
    const meta = random.pick(this.#callers);
    return meta && this.#append(session, meta, random) ? true : null;
  }

  #append(session: Session, meta: FunctionMeta, random: Random): boolean {
    const self =
      meta.kind === 'method' || meta.kind === 'getter' ? this.#pick([ownerOf(meta), 'receiver'], session, random) : undefinedValue;
    if (self === null) return false;
    const args = meta.params.map(
      (param) => this.#pick([`parameter ${param.name}`, 'parameter'], session, random) ?? (random.chance(0.5) ? null : undefinedValue),
    );
    const op: Step['op'] = meta.kind === 'getter' ? 'get' : meta.kind === 'method' || meta.kind === 'static' ? meta.kind : 'call';
    session.steps.push({ op, id: meta.id, ...(op === 'call' ? {} : { name: meta.name }), self, args: op === 'get' ? [] : args });
    return true;
  }

  /** Something that stood at the first of these places that is known; of results, one the session has. */
  #pick(places: readonly string[], session: Session, random: Random): Value | null {
    const available = referencesIn(session).map((out) => ({ out, role: roleOf(out, session) }));
    for (const place of places) {
      const roles = this.#roles.get(place);
      const fitting = place === 'receiver' ? available : available.filter(({ role }) => roles?.has(role) === true);
      const values = this.#values.get(place) ?? [];
      const found = fitting.length > 0 && (values.length === 0 || random.chance(0.7)) ? random.pick(fitting)?.out : undefined;
      if (found) return copyOf(found);
      const given = random.pick(values);
      if (given) return moved(given.value, given.session, session);
    }
    return null;
  }
}

/** What a method belongs to: its class, or the object it is written in. */
const ownerOf = (meta: FunctionMeta): string =>
  meta.class_id === null
    ? `member of ${meta.file} ${meta.symbol.slice(0, Math.max(0, meta.symbol.lastIndexOf('.')))}`
    : `member of class ${meta.class_id}`;
