import { plural } from '@codeoptima/contracts';
import type { Captured } from './capture/capture-calls.ts';
import type { BehaviourDifference, BehaviourReport, CheckRequest, FunctionReport } from './check-behaviour.ts';
import { Offered } from './instrument/offered.ts';
import type { Comparison, SessionDifference } from './replay/compare.ts';
import { type ReplayContext, resultKey } from './replay/run-side.ts';
import type { Side } from './replay/side.ts';
import { withoutKeptData } from './replay/kept-data.ts';
import { replayAll } from './replay/replay-all.ts';
import { explain, TREATMENTS, underTreatments } from './replay/treatments.ts';
import { aliasedCall, asTest } from './report/as-test.ts';
import { outcomesText, sessionText } from './report/readable.ts';
import type { FunctionMeta, Session } from './runtime/graph.ts';
import { type MadeSession, searchDifferences } from './search/search.ts';
import { Observed } from './search/slots.ts';
import { shrink } from './search/shrink.ts';

const WARNINGS_MAX = 5;
/** What the aliased treatment did before the call that differs. */
const AGAIN = {
  first: '',
  anew: ', called again after the caller changed what it gave and got',
  varied: ', called once more with the same arguments after the caller changed these',
};
/** After so many looks a function's differences are taken to be alike. */
const KEPT_ONLY_MAX = 3;
const SHRINK_SHARE = 0.3;
/** Time for replaying what was seen, where none is given. */
const REPLAY_MS = 60_000;
/** A search input that takes longer than this is not worth its time. */
const SEARCH_HANG_MS = 800;

/** Replays, searches and decides what each difference means. */
export class Judge {
  readonly #captured: Captured;
  readonly #base: Side;
  readonly #candidate: Side;
  readonly #context: ReplayContext;
  readonly #request: CheckRequest;
  readonly #report: BehaviourReport;
  readonly #warned = new Set<string>();
  readonly #offered: Offered;
  /** How often a function nobody called differed only in what instances keep. */
  readonly #keptOnly = new Map<number, number>();
  /** Functions that were called from outside the package. */
  readonly #outermost: Set<number>;

  constructor(captured: Captured, base: Side, candidate: Side, context: ReplayContext, request: CheckRequest) {
    this.#captured = captured;
    this.#base = base;
    this.#candidate = candidate;
    this.#context = context;
    this.#request = request;
    this.#offered = new Offered(request.base_dir);
    this.#outermost = new Set(
      captured.sessions.filter((session) => session.level === 'entry').flatMap((session) => session.steps.map((step) => step.id)),
    );
    this.#report = {
      verdict: 'same',
      difference: null,
      warnings: [],
      functions: captured.functions.map(summary),
      searched: { inputs: 0, seconds: 0, seed: request.seed },
      sealed: { sessions: captured.sealed.size, replayed: 0 },
      uncovered: [
        ...captured.functions
          .filter((item) => item.sessions_kept === 0)
          .map((item) => `${item.meta.file}: ${item.meta.symbol}${reasons(item.not_carried)}`),
        ...captured.left_out,
      ],
      spent_ms: { replay: 0, search: 0 },
    };
  }

  async judge(): Promise<BehaviourReport> {
    const report = this.#report;
    const { sessions, skipped_files } = this.#captured;
    for (const { file, reason } of skipped_files)
      if (this.#request.changed_files.includes(file)) report.uncovered.push(`${file}: ${reason}`);
    if (sessions.length === 0) return report;
    this.#request.progress?.(`replay of ${plural(sessions.length, 'session')} under ${plural(TREATMENTS.length, 'treatment')}`);
    if (await this.#timed('replay', () => this.#replay(sessions))) return report;
    await this.#timed('search', () => this.#search(sessions));
    return report;
  }

  async #timed<T>(step: keyof BehaviourReport['spent_ms'], action: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await action();
    } finally {
      this.#report.spent_ms[step] += Math.round(performance.now() - start);
    }
  }

  /** True when what was seen decides. */
  async #replay(sessions: Session[]): Promise<boolean> {
    const inner: SessionDifference[] = [];
    const outcome = await replayAll({
      sessions,
      base: this.#base,
      candidate: this.#candidate,
      context: this.#context,
      budget_ms: this.#request.replay_ms ?? REPLAY_MS,
      now: () => performance.now(),
      onDifferences: async (differences) => {
        for (const difference of differences)
          if (this.#mayBeInside(difference)) inner.push(difference);
          else if (await this.#weigh(difference, false, 'seen')) return true;
        return false;
      },
    });
    this.#noteUnreplayed(outcome.comparison);
    this.#noteLeftOut(outcome.left_out, sessions);
    if (outcome.isDecided) return true;
    const told = new Set<number | undefined>();
    for (const difference of inner) {
      const inside = this.#isInside(difference, outcome.comparison);
      const target = this.#own(difference.session)?.id;
      // One look at each such function is enough for a person.
      if (inside && told.has(target)) continue;
      if (inside) told.add(target);
      if (await this.#weigh(difference, inside, 'seen', inside)) return true;
    }
    if (outcome.nondeterministic.size > 0) this.#report.verdict = 'nondeterministic';
    return outcome.nondeterministic.size > 0;
  }

  #noteLeftOut(left_out: readonly Session[], all: readonly Session[]): void {
    if (left_out.length === 0 || this.#report.verdict === 'differs') return;
    const seconds = Math.round((this.#request.replay_ms ?? REPLAY_MS) / 1000);
    this.#report.uncovered.push(`${left_out.length} of ${all.length} recorded sessions (the ${seconds} s for replaying them were used up)`);
  }

  /** Functions with sessions of which none could be run here: as uncovered as those never called. */
  #noteUnreplayed(comparison: Comparison): void {
    this.#report.sealed.replayed = [...this.#captured.sealed].filter((key) => comparison.compared.has(resultKey('cold', key))).length;
    for (const item of this.#captured.functions) {
      const own = this.#captured.sessions.filter((session) => session.targets.includes(item.meta.id));
      const lost: Record<string, number> = {};
      for (const session of own) {
        const reason = comparison.broken.get(resultKey('cold', session.key));
        if (reason !== undefined) lost[reason] = (lost[reason] ?? 0) + 1;
      }
      const report = this.#report.functions.find((other) => other.symbol === item.meta.symbol && other.file === item.meta.file);
      if (report) report.sessions_replayed = own.filter((session) => comparison.compared.has(resultKey('cold', session.key))).length;
      if (own.length > 0 && report?.sessions_replayed === 0)
        this.#report.uncovered.push(`${item.meta.file}: ${item.meta.symbol}${reasons(lost)}`);
    }
  }

  async #search(sessions: Session[]): Promise<void> {
    const now = (): number => performance.now();
    const observed = new Observed(sessions);
    const context = { ...this.#context, hang_ms: Math.min(SEARCH_HANG_MS, this.#context.hang_ms) };
    const found = await searchDifferences({
      sessions: sessions.filter((session) => session.level === 'entry' || this.#isWorthSearching(session)),
      callers: this.#captured.manifest.functions.filter((meta) => meta.neighbour === true && this.#isOffered(meta)),
      base: this.#base,
      candidate: this.#candidate,
      context,
      budget_ms: this.#request.budget_ms,
      inputs_max: this.#request.inputs_max,
      now,
      progress: (message) => this.#request.progress?.(message),
      onDifference: async (difference, round) => {
        const isOut =
          !difference.session.in_domain ||
          difference.engine_error ||
          (await this.#isOnlyHoles(difference)) ||
          (await this.#isOnlyKept(difference));
        if (isOut && this.#request.strict !== true && this.#report.warnings.length >= WARNINGS_MAX) return false;
        if (isOut && (this.#warned.has(difference.session.origin) || difference.step < 0)) return false;
        const confirmed = await this.#confirm(difference, [difference.session]);
        if (!confirmed && (isOut || !(await this.#confirm(difference, round)))) return false;
        const until = now() + this.#request.budget_ms * SHRINK_SHARE;
        const session =
          isOut || !confirmed ? difference.session : await shrink(difference, this.#base, this.#candidate, context, until, now, observed);
        return await this.#weigh({ ...difference, session }, isOut, 'searched');
      },
    });
    this.#request.on_kept?.(found.kept);
    if (found.is_thin) this.#report.uncovered.push(`more than ${plural(found.inputs, 'new input')} (the search had no time for them)`);
    this.#report.searched = { inputs: found.inputs, seconds: Math.round(found.seconds * 10) / 10, seed: this.#request.seed };
  }

  /** Nothing in the record has a hole there, and one side leaves a hole where the other has undefined: told, and decides nothing. */
  async #isOnlyHoles(difference: SessionDifference): Promise<boolean> {
    if (!JSON.stringify(difference.session.nodes).includes('{"p":"hole"}')) return false;
    const seen = await explain(difference, this.#base, this.#candidate, this.#context);
    const key = resultKey(difference.treatment, difference.session.key);
    const filled = (side: typeof seen.base): string =>
      JSON.stringify(side.results.get(key)?.observations?.map((item) => ({ ...item, inspected: '' }))).replaceAll(
        '{"p":"hole"}',
        '{"p":"undefined"}',
      );
    return filled(seen.base) === filled(seen.candidate);
  }

  /** A call that nobody made differs only in plain data that an instance keeps: nothing shows that anybody looks at it. */
  async #isOnlyKept(difference: SessionDifference): Promise<boolean> {
    const { functions } = this.#captured.manifest;
    const unseen = difference.session.steps.find(({ id }) => functions[id]?.neighbour === true && !this.#outermost.has(id));
    if (!unseen || difference.step < 0) return false;
    const times = this.#keptOnly.get(unseen.id) ?? 0;
    if (times >= KEPT_ONLY_MAX) return true;
    const seen = await explain(difference, this.#base, this.#candidate, this.#context);
    const key = resultKey(difference.treatment, difference.session.key);
    const shown = (side: typeof seen.base): string => JSON.stringify(side.results.get(key)?.observations?.map(withoutKeptData));
    const isOnlyKept = shown(seen.base) === shown(seen.candidate);
    if (isOnlyKept) this.#keptOnly.set(unseen.id, times + 1);
    return isOnlyKept;
  }

  /** The difference must show again, alone or after the same other sessions, and the base must agree with itself. */
  async #confirm(difference: SessionDifference, round: Session[]): Promise<boolean> {
    const again = await underTreatments(round, [difference.treatment], this.#base, this.#candidate, this.#context, { own_process: true });
    return again.comparison.differences.some((item) => item.strength === 'public' && item.session.key === difference.session.key);
  }

  /** Takes a difference into the report; true when it decides. */
  async #weigh(difference: SessionDifference, isMinor: boolean, origin: BehaviourDifference['origin'], inside = false): Promise<boolean> {
    const in_domain = difference.strength === 'public' && !difference.engine_error && !isMinor;
    const decides = in_domain || this.#request.strict === true;
    const key = difference.session.key.startsWith('s') ? (difference.session as MadeSession).origin : difference.session.key;
    if (!decides && (this.#report.warnings.length >= WARNINGS_MAX || this.#warned.has(key))) return false;
    this.#warned.add(key);
    const told = { ...(await this.#describe(difference)), in_domain, origin, inside };
    if (!decides) this.#report.warnings.push(told);
    else Object.assign(this.#report, { verdict: 'differs', difference: told });
    return decides;
  }

  async #describe(difference: SessionDifference): Promise<Omit<BehaviourDifference, 'in_domain' | 'inside' | 'origin'>> {
    const { session, treatment } = difference;
    const key = resultKey(treatment, session.key);
    const seen = await explain(difference, this.#base, this.#candidate, this.#context);
    const [left, right] = [seen.base.results.get(key), seen.candidate.results.get(key)];
    const step = Math.max(0, left?.digests.findIndex((digest, index) => digest.public !== right?.digests[index]?.public) ?? 0);
    const { functions } = this.#context.manifest;
    const [before, after] = [left?.observations?.[step], right?.observations?.[step]];
    const told = outcomesText(before, after, functions);
    const target = functions[session.targets[0] ?? 0];
    return {
      function: `${target?.file}: ${target?.symbol}`,
      level: session.level,
      treatment,
      input: `${sessionText(session, functions)}${AGAIN[aliasedCall(session, treatment, left?.observations ?? [], step) ?? 'first']}`,
      base_outcome: told.before,
      candidate_outcome: right?.broken ?? (seen.candidate.dead.has(key) ? 'does not end' : told.after),
      as_test: asTest(session, functions, treatment, left?.observations ?? [], step),
    };
  }

  /** Called from outside while it was recorded, or a function that users of the package can call. */
  #isReachable(meta: FunctionMeta): boolean {
    if (this.#outermost.has(meta.id)) return true;
    // On its own a method is replayed on an instance put together by hand; the search calls it on one that the package made.
    const isOfInstance = meta.kind === 'method' || meta.kind === 'getter' || meta.kind === 'setter';
    return !isOfInstance && this.#isOffered(meta);
  }

  #isOffered(meta: FunctionMeta): boolean {
    const { functions, internal_names } = this.#captured.manifest;
    return !internal_names.includes(meta.name) && this.#offered.has(meta, functions);
  }

  /** The function that a session which is no entry stands for. */
  #own({ level, steps, targets }: Session): FunctionMeta | undefined {
    return this.#captured.manifest.functions[(level === 'caller' ? steps.at(-1)?.id : targets[0]) ?? 0];
  }

  #mayBeInside({ session }: SessionDifference): boolean {
    const meta = this.#own(session);
    return session.level !== 'entry' && meta !== undefined && !this.#isReachable(meta);
  }

  #isWorthSearching(session: Session): boolean {
    const meta = this.#own(session);
    if (meta === undefined) return false;
    const [target] = session.targets;
    const isSeenFromOutside = this.#captured.sessions.some((other) => other.level === 'entry' && other.targets.includes(target ?? -1));
    return this.#isReachable(meta) || !isSeenFromOutside;
  }

  /**
   * A helper nobody outside can call may change what it hands to its callers, as long as the entries through which it ran behave the
   * same: they were compared too, and a difference that shows there is found there.
   */
  #isInside(difference: SessionDifference, comparison: Comparison): boolean {
    const [target] = difference.session.targets;
    if (target === undefined || !this.#mayBeInside(difference)) return false;
    const entries = new Set(
      this.#captured.sessions
        .filter((session) => session.level === 'entry' && session.targets.includes(target))
        .map((session) => session.key),
    );
    return [...comparison.compared].some((key) => entries.has(key.slice(key.indexOf(':') + 1)));
  }
}

function summary(item: Captured['functions'][number]): FunctionReport {
  const lost = Object.values(item.not_carried).reduce((sum, count) => sum + count, 0);
  return {
    symbol: item.meta.symbol,
    file: item.meta.file,
    calls_seen: item.counts?.calls ?? 0,
    sessions_kept: item.sessions_kept,
    sessions_replayed: 0,
    carried_share: item.sessions_kept + lost === 0 ? 0 : item.sessions_kept / (item.sessions_kept + lost),
    not_carried: item.not_carried,
    sizes: item.counts?.sizes ?? {},
  };
}

const reasons = (lost: Record<string, number>): string => {
  const all = Object.entries(lost).map(([reason, count]) => `${reason} ×${count}`);
  return all.length === 0 ? ' (never called)' : ` (${all.join(', ')})`;
};
