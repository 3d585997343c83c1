import type { Command } from '../command.ts';
import type { Table } from '../compile.ts';
import { decide } from '../decide.ts';
import type { RunEvent } from '../event.ts';
import { evolve } from '../evolve.ts';
import type { RunState } from '../state.ts';
import { request } from './samples.ts';

type Bare = Command extends infer C ? (C extends Command ? Omit<C, 'now_ms' | 'new_item_id'> : never) : never;

/** A run in memory with a clock and ids of its own. */
export class Drive {
  readonly log: RunEvent[] = [];
  readonly table: Table;
  now_ms = 1_800_000_000_000;
  #state: RunState | null = null;
  #items = 0;

  constructor(table: Table) {
    this.table = table;
  }

  get state(): RunState {
    if (this.#state === null) throw new Error('nothing was submitted');
    return this.#state;
  }

  send(command: Bare): RunEvent[] {
    const given = { now_ms: this.now_ms, new_item_id: `item-${this.#items + 1}` };
    const events = decide(this.table, this.#state, { ...command, ...given } as Command);
    for (const event of events) {
      this.#state = evolve(this.table, this.#state, event);
      if (event.type === 'TaskScheduled') this.#items += 1;
    }
    this.log.push(...events);
    return events;
  }

  begin(config: Record<string, unknown> = {}, rolling_mean_pct: number | null = null): this {
    this.send({ type: 'submit', run_id: 'run-1', request: request(config), traceparent: '' });
    this.send({ type: 'start', facts: { rolling_mean_pct } });
    return this;
  }

  /** Completes the open item; `epoch` 1 unless told. */
  done(result: unknown, usage = { usd: 0, ci_minutes: 0.5 }): this {
    const item_id = this.state.item?.item_id ?? 'none';
    this.send({ type: 'complete', item_id, epoch: Math.max(1, this.state.item?.epoch ?? 1), result, usage });
    return this;
  }

  fail(code: string, retryable: boolean): this {
    const item_id = this.state.item?.item_id ?? 'none';
    const epoch = (this.state.item?.epoch ?? 0) + 1;
    this.send({ type: 'fail', item_id, epoch, code, message: `${code} happened`, retryable, usage: { usd: 0, ci_minutes: 0 } });
    return this;
  }

  expire(): this {
    const item_id = this.state.item?.item_id ?? 'none';
    this.send({ type: 'expire', item_id, epoch: (this.state.item?.epoch ?? 0) + 1, verdict: 'stale', reason: 'no beat for 60 s' });
    return this;
  }

  signal(name: string, data: Record<string, boolean> = {}, reason = 'said so'): this {
    this.send({ type: 'signal', name, actor: 'ada', reason, data });
    return this;
  }

  fire(name: string): this {
    this.send({ type: 'fire_timer', name, generation: this.state.timers[name]?.generation ?? 0 });
    return this;
  }
}
