import type { RunRequest } from '@codeoptima/contracts';
import type { Facts } from './event.ts';
import type { Json } from './json.ts';

export interface TaskUsage {
  usd: number;
  ci_minutes: number;
}

interface Given {
  /** The planner's clock, Unix milliseconds. */
  now_ms: number;
  /** A fresh id for the item that the decision may create. */
  new_item_id: string;
  /** The store refused to set aside what the next task may cost: the decision is taken anew without it. */
  over_budget?: boolean;
  /** How long the open item has been held by its present holder, by the clock of the store; absent when nobody holds it. */
  held_ms?: number;
}

/** What the world asks of a run. Time and ids come in as values. */
export type Command = Given &
  (
    | { type: 'submit'; run_id: string; request: RunRequest; traceparent: string }
    | { type: 'start'; facts: Facts }
    | { type: 'complete'; item_id: string; epoch: number; result: unknown; usage: TaskUsage }
    | { type: 'fail'; item_id: string; epoch: number; code: string; message: string; retryable: boolean; usage: TaskUsage }
    | { type: 'expire'; item_id: string; epoch: number; verdict: string; reason: string }
    | { type: 'fire_timer'; name: string; generation: number }
    | { type: 'signal'; name: string; actor: string; reason: string; data: Record<string, Json> }
  );

export type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;
