import type { FunctionMeta, Session } from '../runtime/graph.ts';
import { compareSides, type SessionDifference } from '../replay/compare.ts';
import { type ReplayContext, resultKey, runSide, type SideJob } from '../replay/run-side.ts';
import type { Side } from '../replay/side.ts';
import type { Treatment } from '../runtime/replay-main.ts';
import { changeSteps, Donors } from './change-steps.ts';
import { type Domain, valueChanges } from './change-values.ts';
import { parametricPlaces } from './parametric.ts';
import { Random } from './random.ts';
import { Observed, type Slot } from './slots.ts';
import { type SystematicInput, systematicInputs } from './systematic.ts';

/** A session the search made, with what it knows about it. */
export interface MadeSession extends Session {
  in_domain: boolean;
  /** Key of the captured session it grew from. */
  origin: string;
}

export interface SearchRequest {
  sessions: readonly Session[];
  base: Side;
  candidate: Side;
  context: ReplayContext;
  budget_ms: number;
  /** Ends the search after the round that reaches this many inputs. */
  inputs_max?: number | undefined;
  /** Monotonic clock in ms. */
  now: () => number;
  progress?: ((message: string) => void) | undefined;
  /** Called with each new difference; true ends the search. */
  onDifference(difference: SessionDifference & { session: MadeSession }, round: MadeSession[]): Promise<boolean>;
}

export interface SearchResult {
  inputs: number;
  seconds: number;
  /** Inputs that reached something new; the mutants are run on them too. */
  kept: MadeSession[];
  parametric: string[];
}

/** Inputs of each round; fixed, so that the same seed makes the same search however fast the machine is. */
const roundSizes = [60, 240, 400];
/** Rounds without a new block after which more of the same is not worth its time. */
const quietRounds = 3;
const inputsWanted = 1000;
const rounds: readonly Treatment[] = ['warm', 'aliased', 'warm', 'concurrent'];
/** Inputs of a round that may run without end: each costs the whole time a hang is given. */
const DEAD_MAX = 2;
/** A round gets at least this long, so that a small budget still tries something. */
const ROUND_MS_MIN = 3000;
const nodesMax = 6000;

/** Looks for inputs on which the two versions differ, guided by the blocks of changed functions that they reach. */
export async function searchDifferences(request: SearchRequest): Promise<SearchResult> {
  const { base, candidate, context, now } = request;
  const start = now();
  const random = new Random(context.seed);
  const seeds = request.sessions.filter((session) => session.nodes.length <= nodesMax);
  const out: SearchResult = { inputs: 0, seconds: 0, kept: [], parametric: [] };
  if (seeds.length === 0) return out;
  const parametric = await parametricPlaces(
    seeds.filter((session) => session.nodes.length < 400),
    base,
    context,
  );
  out.parametric = [...parametric];
  const maker = new Maker(seeds, parametric, context.manifest.functions, random);
  const blocks = new Set<string>();
  let quiet = 0;
  for (
    let round = 0;
    now() - start < request.budget_ms &&
    out.inputs < (request.inputs_max ?? Infinity) &&
    (quiet < quietRounds || out.inputs < inputsWanted);
    round++
  ) {
    context.signal?.throwIfAborted();
    const made = maker.round(roundSizes[Math.min(round, roundSizes.length - 1)] as number, out.inputs);
    if (made.length === 0) break;
    const treatment = rounds[round % rounds.length] as Treatment;
    const job: SideJob = {
      sessions: made,
      plan: [{ treatment, keys: made.map((session) => session.key) }],
      coverage: true,
      dead_max: DEAD_MAX,
      wall_ms: Math.max(ROUND_MS_MIN, request.budget_ms - (now() - start)),
    };
    const [left, right] = await Promise.all([runSide(base, job, context), runSide(candidate, job, context)]);
    out.inputs += made.length;
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
    for (const difference of compareSides(made, [treatment], left, right).differences)
      if (
        difference.strength === 'public' &&
        (await request.onDifference({ ...difference, session: difference.session as MadeSession }, made))
      )
        return finish(out, start, now);
    request.progress?.(`search: ${out.inputs} inputs, ${blocks.size} blocks`);
  }
  return finish(out, start, now);
}

function finish(out: SearchResult, start: number, now: () => number): SearchResult {
  out.seconds = (now() - start) / 1000;
  return out;
}

/** Makes new sessions from the captured ones and from those that reached something new. */
class Maker {
  readonly #corpus: MadeSession[];
  readonly #donors: Donors;
  readonly #domain: Domain;
  readonly #random: Random;
  readonly #weights: number;
  readonly #systematic: SystematicInput[];

  constructor(seeds: readonly Session[], parametric: Set<string>, functions: FunctionMeta[], random: Random) {
    this.#corpus = seeds.map((session) => ({ ...session, in_domain: true, origin: session.key }));
    this.#donors = new Donors(seeds);
    this.#random = random;
    this.#weights = valueChanges.reduce((sum, [weight]) => sum + weight, 0);
    this.#domain = {
      observed: new Observed(seeds),
      isParametric: (key) => parametric.has(key),
      declared: (session, slot) => declaredAt(session, slot, functions),
    };
    this.#systematic = systematicInputs(seeds, this.#domain, this.#donors, random);
  }

  keep(session: MadeSession): void {
    this.#corpus.push(session);
  }

  round(count: number, first: number): MadeSession[] {
    const out: MadeSession[] = [];
    for (const { session, origin, in_domain } of this.#systematic.splice(0, count >> 1))
      out.push({ ...session, key: `s${first + out.length}`, origin, in_domain });
    for (let attempt = 0; out.length < count && attempt < count * 4; attempt++) {
      const made = this.#make(`s${first + out.length}`);
      if (made) out.push(made);
    }
    return out;
  }

  #make(key: string): MadeSession | null {
    const random = this.#random;
    const parent = random.chance(0.3)
      ? (this.#corpus.at(-1 - random.below(Math.min(8, this.#corpus.length))) as MadeSession)
      : (random.pick(this.#corpus) as MadeSession);
    const session: MadeSession = { ...structuredClone(parent), key };
    const isStateful = session.steps.length > 1;
    let changes = 0;
    for (let i = 1 + random.below(3); i > 0; i--) {
      const verdict =
        isStateful && random.chance(0.6) ? changeSteps(session, random, this.#donors) : this.#pickChange()(session, random, this.#domain);
      if (verdict === null) continue;
      changes++;
      if (!verdict) session.in_domain = false;
    }
    return changes === 0 || session.steps.length > 80 || session.nodes.length > nodesMax * 2 ? null : session;
  }

  #pickChange(): (typeof valueChanges)[number][1] {
    let at = this.#random.below(this.#weights);
    for (const [weight, change] of valueChanges) if ((at -= weight) < 0) return change;
    return (valueChanges[0] as (typeof valueChanges)[number])[1];
  }
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
