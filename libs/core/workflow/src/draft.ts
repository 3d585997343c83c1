import { arrowsOf, isTerminal, type Table, type Trigger } from './compile.ts';
import type { TaskUsage } from './command.ts';
import type { Arrow, Task } from './definition.ts';
import type { RunEvent } from './event.ts';
import { evolve } from './evolve.ts';
import { evaluate, fillText, type Scope } from './expression.ts';
import { allows } from './guard.ts';
import { hashJson, type Json } from './json.ts';
import { scopeOf, type OpenItem, type RunState } from './state.ts';
import { TASK_CONTRACTS } from './task-contracts.ts';

type Unstamped = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at_ms'> : never) : never;

/** Events of one decision, folded as they are added, so that each step sees the state the last one made. */
export class Draft {
  readonly events: RunEvent[] = [];
  readonly #table: Table;
  readonly #at_ms: number;
  readonly #new_item_id: string;
  readonly #over_budget: boolean;
  #held_ms: number;
  #state: RunState;

  /** @param at_ms lifted to the run's newest event, so that a clock that jumped back gives no negative duration */
  constructor(table: Table, state: RunState, given: { now_ms: number; new_item_id: string; over_budget?: boolean; held_ms?: number }) {
    this.#table = table;
    this.#state = state;
    this.#at_ms = Math.max(given.now_ms, state.at_ms);
    this.#new_item_id = given.new_item_id;
    this.#over_budget = given.over_budget === true;
    this.#held_ms = given.held_ms ?? 0;
  }

  get state(): RunState {
    return this.#state;
  }

  add(event: Unstamped): void {
    const stamped = { ...event, at_ms: this.#at_ms } as RunEvent;
    this.#state = evolve(this.#table, this.#state, stamped);
    this.events.push(stamped);
  }

  /** First arrow of the trigger whose guard holds; null when the state does not hear it. */
  find(trigger: Trigger, extra: Scope = {}): Arrow | null {
    const scope = scopeOf(this.#state, extra);
    return arrowsOf(this.#table, this.#state.state, trigger).find(({ when }) => when === undefined || allows(when, scope)) ?? null;
  }

  /** Goes along an arrow: leaves the open task, enters the state, sets its timers, starts its task or ends the run. */
  follow(arrow: Arrow, extra: Scope = {}): void {
    const scope = scopeOf(this.#state, extra);
    const reason = arrow.reason === undefined ? this.#state.reason : fillText(scope, arrow.reason);
    const set: Record<string, Json> = {};
    for (const [name, expression] of Object.entries(arrow.set ?? {}))
      set[name] = evaluate(expression, { ...scope, ...set, reason }) as Json;
    this.dropItem(reason);
    this.#enter(arrow.to, reason, set);
  }

  dropItem(reason: string): void {
    const { item } = this.#state;
    if (item === null) return;
    this.add({ type: 'TaskDropped', item_id: item.item_id, task: item.task, reason });
    this.chargeHeld(item);
  }

  /** Usage is never negative, so neither is what is left of a budget raised by a faulty report. */
  charge(task: string, usage: TaskUsage): void {
    const usd = Math.max(0, usage.usd);
    const ci_minutes = Math.max(0, usage.ci_minutes);
    const { cost } = this.#state;
    this.add({ type: 'cost', task, usd, ci_minutes, total_usd: cost.usd + usd, total_ci_minutes: cost.ci_minutes + ci_minutes });
  }

  /** The time of an attempt that is over and will never tell what it used; once. */
  chargeHeld({ task, limit_ms }: OpenItem): void {
    const ms = Math.min(this.#held_ms, limit_ms);
    this.#held_ms = 0;
    if (ms > 0 && this.#table.definition.tasks[task]?.ci === true) this.charge(task, { usd: 0, ci_minutes: ms / 60_000 });
  }

  /** Follows the first brake that holds; false when none does. */
  brake(): boolean {
    const arrow = this.find('brake');
    if (arrow !== null) this.follow(arrow);
    return arrow !== null;
  }

  #enter(to: string, reason: string, set: Record<string, Json>): void {
    this.add({ type: 'StateEntered', from: this.#state.state, to, reason, set });
    this.#turnTimers(to);
    if (isTerminal(this.#table, to)) this.#end();
    else if (!this.brake()) this.#schedule();
  }

  #turnTimers(to: string): void {
    const ends = isTerminal(this.#table, to);
    for (const [name, timer] of Object.entries(this.#table.definition.timers)) {
      const running = this.#state.timers[name];
      if (running !== undefined && (ends || timer.stops_on.includes(to))) {
        this.add({ type: 'TimerCleared', name, generation: running.generation });
      } else if (running === undefined && timer.starts_on.includes(to)) {
        const minutes = evaluate(timer.minutes, scopeOf(this.#state));
        const generation = (this.#state.generations[name] ?? 0) + 1;
        this.add({ type: 'TimerSet', name, generation, delay_ms: Math.round(Number(minutes) * 60_000) });
      }
    }
  }

  #schedule(): void {
    const task = this.#table.definition.states[this.#state.state]?.task;
    const definition = task === undefined ? undefined : this.#table.definition.tasks[task];
    if (task === undefined || definition === undefined) return;
    const payload = buildPayload(this.#table, this.#state, task);
    const fault = TASK_CONTRACTS[definition.contract]?.payload.safeParse(payload).error;
    if (fault !== undefined) {
      this.#enter(
        'failed',
        `the payload of task ${task} does not fit its contract: ${fault.issues[0]?.path.join('.')} ${fault.issues[0]?.message}`,
        {},
      );
      return;
    }
    const reserved_usd = this.#spendOf(definition);
    if (reserved_usd > 0 && this.#over_budget) {
      this.#refuse(task, reserved_usd);
      return;
    }
    const limit_ms = Math.round(Number(evaluate(definition.limit_minutes, scopeOf(this.#state))) * 60_000);
    this.add({
      type: 'TaskScheduled',
      item_id: this.#new_item_id,
      task,
      service: definition.service,
      input_hash: hashJson(payload),
      limit_ms,
      ...(reserved_usd > 0 ? { reserved_usd } : {}),
    });
  }

  #spendOf({ spend }: Task): number {
    const scope = scopeOf(this.#state);
    if (spend === undefined || (spend.when !== undefined && !allows(spend.when, scope))) return 0;
    return Math.max(0, Number(evaluate(spend.usd, scope)));
  }

  /** A task for which there is no money fails before it exists. */
  #refuse(task: string, usd: number): void {
    const limit = this.#state.request.config.budget.repo_month_usd;
    const message = `less than the ${usd} USD that ${task} may cost is left of the ${limit} USD for this repository and month`;
    const extra = { error: { code: 'budget_exhausted', message }, task };
    const arrow = this.find('failed', extra);
    if (arrow !== null) this.follow(arrow, extra);
  }

  #end(): void {
    const { state, reason, cost, submitted_at_ms } = this.#state;
    const evidence = evaluate(this.#table.definition.evidence, scopeOf(this.#state)) as Json;
    this.add({ type: 'RunEnded', state, reason, cost, duration_ms: this.#at_ms - submitted_at_ms, evidence });
  }
}

/** What the worker of a task gets, built from the folded run. */
export function buildPayload(table: Table, state: RunState, task: string): Record<string, Json> {
  const scope = scopeOf(state, { task });
  const fields = Object.entries(table.definition.tasks[task]?.payload ?? {});
  return Object.fromEntries(fields.map(([name, expression]) => [name, evaluate(expression, scope) as Json]));
}
