import { plural } from '@codeoptima/contracts';
import { copyOf, type FunctionMeta, type Session } from '../runtime/graph.ts';
import { compareSides, type SessionDifference } from '../replay/compare.ts';
import { type ReplayContext, resultKey, runByStack, type SideJob, type SideResult } from '../replay/run-side.ts';
import type { Side } from '../replay/side.ts';
import type { Treatment } from '../runtime/replay-main.ts';
import { sourceWords, type SourceWords } from '../instrument/source-words.ts';
import { tellsMissing } from '../instrument/tells-missing.ts';
import { compacted, sizeOf } from './compact.ts';
import { changeSteps, Donors } from './change-steps.ts';
import { type Domain, valueChanges } from './change-values.ts';
import { NODES_MAX } from './clone-value.ts';
import { parametricPlaces } from './parametric.ts';
import { Random } from './random.ts';
import { Observed, type Slot, slotsOf } from './slots.ts';
import { type SystematicInput, systematicInputs } from './systematic.ts';
import { type Carried, carriedKinds } from './transport.ts';
import { rereadInputs } from './rereads.ts';
import { ownerInputs } from './owner-inputs.ts';
import { signalInputs } from './signal-inputs.ts';
import { survey } from './survey.ts';
import { takingInputs } from './taking-inputs.ts';
import { waitingInputs } from './waiting-inputs.ts';
import { extremeInputs, withUsualStack } from './extremes.ts';
import { UnseenCallers } from './unseen-callers.ts';

/** A session the search made, with what it knows about it. */
export interface MadeSession extends Session {
  in_domain: boolean;
  /** Key of the captured session it grew from. */
  origin: string;
}

export interface SearchRequest {
  sessions: readonly Session[];
  /** Functions users can call that call a changed one. */
  callers: readonly FunctionMeta[];
  base: Side;
  candidate: Side;
  context: ReplayContext;
  budget_ms: number;
  /** No more inputs than this are made. */
  inputs_max?: number | undefined;
  /** Monotonic clock in ms. */
  now: () => number;
  progress?: ((message: string) => void) | undefined;
  /** Called with each new difference; true ends the search. */
  onDifference(difference: SessionDifference & { session: MadeSession }, round: MadeSession[]): Promise<boolean>;
}

export interface SearchResult {
  /** Inputs that had their turn on both sides. */
  inputs: number;
  seconds: number;
  /** The time was over before enough was tried. */
  is_thin: boolean;
  /** Inputs that reached something new; the mutants are run on them too. */
  kept: MadeSession[];
}

/** Inputs of each round; fixed, so that the same seed makes the same search however fast the machine is. */
const roundSizes = [160, 300, 400];
/** Rounds without a new block after which more of the same is not worth its time. */
const quietRounds = 3;
const inputsWanted = 1000;
const rounds: readonly Treatment[] = ['warm', 'aliased', 'warm', 'concurrent'];
/** On a busy machine the search goes on until so many inputs were tried, but no longer than its time this often. */
const INPUTS_MIN = 460;
const OVERTIME = 3;
/** Inputs of a round that may run without end: each costs the whole time a hang is given. */
const DEAD_MAX = 2;
/** Inputs at the limits of the engine take long without being endless. */
const EXTREME_HANG_MS = 5000;
/** A round gets at least this long, so that a small budget still tries something. */
const ROUND_MS_MIN = 3000;
const nodesMax = NODES_MAX / 2;
const SYSTEMATIC_SHARE = 0.7;
/** Sessions that hold no more than this are changed most of the time. */
const SMALL = 150;
const LARGE_SHARE = 0.06;

/** Looks for inputs on which the two versions differ, guided by the blocks of changed functions that they reach. */
export async function searchDifferences(request: SearchRequest): Promise<SearchResult> {
  const { base, candidate, context, now } = request;
  const start = now();
  const out: SearchResult = { inputs: 0, seconds: 0, is_thin: false, kept: [] };
  const seeds = seedsOf(request.sessions);
  if (seeds.length === 0) return out;
  const maker = await makerFor(seeds, request);
  const blocks = new Set<string>();
  const left_ms = (): number => request.budget_ms * (out.inputs < INPUTS_MIN ? OVERTIME : 1) - (now() - start);
  let quiet = 0;
  let numbered = 0;
  for (let round = 0; round === 0 ? request.budget_ms > 0 : left_ms() > 0; round++) {
    if (quiet >= quietRounds && out.inputs >= inputsWanted) break;
    context.signal?.throwIfAborted();
    const room = (request.inputs_max ?? Infinity) - numbered;
    const made = maker.round(round, room, numbered);
    numbered += made.length;
    if (made.length === 0) break;
    const treatment = rounds[round % rounds.length] as Treatment;
    const job: SideJob = {
      sessions: made,
      // What may run without end comes last: after it nothing more may get its turn.
      plan: [{ treatment, keys: made.toSorted((a, b) => endless(a).length - endless(b).length).map((session) => session.key) }],
      coverage: true,
      dead_max: DEAD_MAX,
      wall_ms: Math.max(ROUND_MS_MIN, left_ms()),
    };
    const patient = maker.isExtreme(round) ? { ...context, hang_ms: EXTREME_HANG_MS } : context;
    const [left, right] = await Promise.all([runByStack(base, job, patient), runByStack(candidate, job, patient)]);
    const ran = (side: SideResult, { key }: Session): boolean => side.results.has(resultKey(treatment, key));
    out.inputs += made.filter((session) => ran(left, session) && ran(right, session)).length;
    for (const session of made) if (left.dead.has(resultKey(treatment, session.key))) maker.avoid(session);
    const before = blocks.size;
    for (const session of made) {
      const fresh = [left, right]
        .flatMap((side, index) => (side.results.get(resultKey(treatment, session.key))?.blocks ?? []).map((block) => `${index}:${block}`))
        .filter((block) => !blocks.has(block));
      if (fresh.length === 0) continue;
      for (const block of fresh) blocks.add(block);
      out.kept.push(session);
      maker.keep(session);
    }
    quiet = blocks.size > before ? 0 : quiet + 1;
    for (const difference of readableFirst(compareSides(made, [treatment], left, right).differences))
      if (difference.strength === 'public') {
        const session = withUsualStack(difference.session as MadeSession);
        const others = session === difference.session ? made : [session];
        if (await request.onDifference({ ...difference, session }, others)) return finish(out, start, now);
      }
    request.progress?.(`search: ${plural(out.inputs, 'input')}, ${plural(blocks.size, 'block')}`);
    out.is_thin = out.inputs < INPUTS_MIN && left_ms() <= 0;
  }
  return finish(out, start, now);
}

/** What went through an entry says more than what was handed to an inner function, and little says it sooner than much. */
const readableFirst = (differences: SessionDifference[]): SessionDifference[] =>
  differences.toSorted(
    (a, b) => Number(a.session.level !== 'entry') - Number(b.session.level !== 'entry') || sizeOf(a.session) - sizeOf(b.session),
  );

/** Finds out what the base does with each place, and makes ready what will be tried. */
async function makerFor(seeds: readonly Session[], { base, candidate, context, callers }: SearchRequest): Promise<Maker> {
  const small = seeds.filter((session) => sizeOf(session) <= SMALL);
  const observed = new Observed(seeds);
  const parametric = await parametricPlaces(small, base, context);
  const { functions } = context.manifest;
  const carried = await carriedKinds(small, observed, base, context, (session, slot) => declaredAt(session, slot, functions));
  const rereads = await rereadInputs(seeds, base, candidate, context);
  const { manifest } = context;
  const words = sourceWords([base.dir, candidate.dir], manifest, context.seed);
  const surveyed = await survey(small, base, context);
  const first = [
    ...rereads,
    ...takingInputs(surveyed),
    ...waitingInputs(surveyed),
    ...signalInputs(seeds, functions),
    ...(await ownerInputs(small, base, context)),
    ...carried.inputs,
  ];
  const known: Known = {
    parametric,
    carried,
    observed,
    words,
    tells_missing: tellsMissing(base.dir, manifest),
    first,
    extremes: extremeInputs(seeds),
  };
  return new Maker(seeds, known, functions, new UnseenCallers(seeds, functions, callers), new Random(context.seed));
}

/** What the search grows from: the sessions as they were, and large ones cut short as well. */
function seedsOf(sessions: readonly Session[]): Session[] {
  const whole = sessions.filter((session) => session.nodes.length <= nodesMax);
  const short = sessions.flatMap((session) => (sizeOf(session) > SMALL ? (compacted(session) ?? []) : []));
  return [...whole, ...short.map((session, index) => ({ ...session, key: `${session.key}/short${index}` }))];
}

const HUGE = 100_000;

/** Arguments that could make a loop endless: huge or special numbers, or nothing at all, in the place of a bound or a step. */
const endless = (session: Session): string[] =>
  slotsOf(session).flatMap((slot) => {
    const value = slot.get();
    const isSpecial = typeof value === 'object' && value !== null && 'p' in value && value.p !== 'hole';
    const isHuge = typeof value === 'number' && Math.abs(value) > HUGE;
    return slot.depth === 0 && (isSpecial || isHuge) ? [`${slot.key}=${isHuge ? 'huge' : JSON.stringify(value)}`] : [];
  });

function finish(out: SearchResult, start: number, now: () => number): SearchResult {
  out.seconds = (now() - start) / 1000;
  return out;
}

/** What was found out about the places before the search. */
interface Known {
  parametric: Set<string>;
  carried: Carried;
  observed: Observed;
  words: SourceWords;
  tells_missing: boolean;
  /** Inputs to be tried before all others. */
  first: SystematicInput[];
  /** A round of their own, after the first. */
  extremes: SystematicInput[];
}

function* inOrder<T>(...lists: Iterable<T>[]): Generator<T> {
  for (const list of lists) yield* list;
}

/** Makes new sessions from the captured ones and from those that reached something new. */
class Maker {
  readonly #small: MadeSession[];
  readonly #large: MadeSession[];
  readonly #donors: Donors;
  readonly #callers: UnseenCallers;
  readonly #domain: Domain;
  readonly #random: Random;
  readonly #weights: number;
  readonly #known: Known;
  readonly #systematic: Iterator<SystematicInput>;
  readonly #avoided = new Set<string>();

  constructor(seeds: readonly Session[], known: Known, functions: FunctionMeta[], callers: UnseenCallers, random: Random) {
    const corpus = seeds.map((session) => ({ ...session, in_domain: true, origin: session.key }));
    this.#small = corpus.filter((session) => sizeOf(session) <= SMALL);
    this.#large = corpus.filter((session) => sizeOf(session) > SMALL);
    this.#donors = new Donors(seeds);
    this.#callers = callers;
    this.#random = random;
    this.#known = known;
    this.#weights = valueChanges.reduce((sum, [weight]) => sum + weight, 0);
    this.#domain = {
      observed: known.observed,
      words: known.words,
      tells_missing: known.tells_missing,
      isParametric: (key) => known.parametric.has(key),
      carries: (key, type) => known.carried.has(key, type),
      declared: (session, slot) => declaredAt(session, slot, functions),
      declared_inside: (session, slot) => declaredInside(session, slot, functions),
      iterated: (session, slot) => iteratedAt(session, slot, functions),
    };
    this.#systematic = inOrder(known.first, systematicInputs(seeds, this.#domain, this.#donors, callers, random));
  }

  /** The base ran without end: no more of such values at these places. */
  avoid(session: Session): void {
    for (const place of endless(session)) this.#avoided.add(place);
  }

  #isAvoided(session: Session): boolean {
    return this.#avoided.size > 0 && endless(session).some((place) => this.#avoided.has(place));
  }

  keep(session: MadeSession): void {
    (sizeOf(session) <= SMALL ? this.#small : this.#large).push(session);
  }

  /** The second round is that of the inputs at the limits of the engine, where there are any. */
  isExtreme(round: number): boolean {
    return round === 1 && this.#known.extremes.length > 0;
  }

  /** The inputs of a round, at most `room` of them, numbered from `first`. */
  round(number: number, room: number, first: number): MadeSession[] {
    if (this.isExtreme(number))
      return this.#known.extremes.map(({ session, origin, in_domain }, index) => ({
        ...session,
        key: `s${first + index}`,
        origin,
        in_domain,
      }));
    const count = Math.min(roundSizes[Math.min(number, roundSizes.length - 1)] as number, room);
    const out: MadeSession[] = [];
    while (out.length < Math.floor(count * SYSTEMATIC_SHARE)) {
      const next = this.#systematic.next();
      if (next.done === true) break;
      const { session, origin, in_domain } = next.value;
      if (this.#isAvoided(session)) continue;
      out.push({ ...session, key: `s${first + out.length}`, origin, in_domain });
    }
    for (let attempt = 0; out.length < count && attempt < count * 4; attempt++) {
      const made = this.#make(`s${first + out.length}`);
      if (made && !this.#isAvoided(made)) out.push(made);
    }
    return out;
  }

  #make(key: string): MadeSession | null {
    const random = this.#random;
    const takesLarge = this.#small.length === 0 || (this.#large.length > 0 && random.chance(LARGE_SHARE));
    const corpus = takesLarge ? this.#large : this.#small;
    const parent = random.chance(0.3)
      ? (corpus.at(-1 - random.below(Math.min(8, corpus.length))) as MadeSession)
      : (random.pick(corpus) as MadeSession);
    const session: MadeSession = { ...copyOf(parent), key };
    const isStateful = session.steps.length > 1;
    let changes = 0;
    for (let i = 1 + random.below(3); i > 0; i--) {
      const verdict =
        this.#callers.count > 0 && session.level !== 'function' && random.chance(0.2)
          ? this.#callers.append(session, random)
          : isStateful && random.chance(0.6)
            ? changeSteps(session, random, this.#donors)
            : this.#pickChange()(session, random, this.#domain);
      if (verdict === null) continue;
      changes++;
      if (!verdict) session.in_domain = false;
    }
    return changes === 0 || session.steps.length > 80 || session.nodes.length > NODES_MAX ? null : session;
  }

  #pickChange(): (typeof valueChanges)[number][1] {
    let at = this.#random.below(this.#weights);
    for (const [weight, change] of valueChanges) if ((at -= weight) < 0) return change;
    return (valueChanges[0] as (typeof valueChanges)[number])[1];
  }
}

function iteratedAt(session: Session, slot: Slot, functions: FunctionMeta[]): ('sync' | 'async')[] {
  const step = session.steps[slot.step];
  const iterables = step && functions[step.id]?.params[slot.argument]?.iterables;
  return iterables?.[slot.key.slice(`${step?.id}:${step?.op}:${slot.argument}`.length)] ?? [];
}

function declaredInside(session: Session, slot: Slot, functions: FunctionMeta[]): string[] | null {
  const step = session.steps[slot.step];
  const members = step && functions[step.id]?.params[slot.argument]?.members;
  return members?.[slot.key.slice(`${step?.id}:${step?.op}:${slot.argument}`.length)] ?? null;
}

function declaredAt(session: Session, slot: Slot, functions: FunctionMeta[]): string[] | null {
  const step = session.steps[slot.step];
  const meta = step && functions[step.id];
  const param = meta?.params[slot.argument];
  if (!param?.types) return null;
  if (slot.depth === 0) return param.types;
  // Elements are bound by the declaration too, where it names a simple type for them.
  const element = param.types.filter((type) => type.startsWith('of ')).map((type) => type.slice(3));
  return slot.depth === 1 && slot.element && element.length > 0 ? element : null;
}
