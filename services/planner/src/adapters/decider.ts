import { CodeOptimaError, type RunRequest } from '@codeoptima/contracts';
import { type Clock, faultPoint, type Ids, inTrace, type Logger } from '@codeoptima/service-kit';
import type { AppendOutcome, Decision, Fence, Store } from '@codeoptima/store';
import { type Command, decide, effectsOf, hashJson, projectionOf, type RunEvent, type RunState, type Table } from '@codeoptima/workflow';
import { outboxMessages } from '../domain/outbox-messages.ts';
import type { PlannerMetrics } from './planner-metrics.ts';
import type { Publisher } from './publisher.ts';
import type { RunCache } from './run-cache.ts';
import type { RunHub } from './run-hub.ts';

export type BareCommand = Command extends infer C ? (C extends Command ? Omit<C, 'now_ms' | 'new_item_id'> : never) : never;

export interface Decided {
  state: RunState;
  /** Empty when the command changed nothing, also when it was done before and only its answer was lost. */
  events: readonly RunEvent[];
}

export interface DeciderParts {
  store: Store;
  cache: RunCache;
  publisher: Publisher;
  hub: RunHub;
  metrics: PlannerMetrics;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

export interface Submission {
  table: Table;
  request: RunRequest;
  /** Empty: every submission is a new run. */
  idempotency_key: string;
  traceparent: string;
}

/** The one place where runs change: decide, append, tell. */
export interface Decider {
  submit: (submission: Submission) => Promise<{ run_id: string; created: boolean }>;
  /**
   * Decides a command and appends what follows. A lost race is decided anew on the newer state.
   * A command with a receipt changes something once, however often it is sent.
   * @throws CodeOptimaError `stale_epoch` when the fence does not hold, `conflict` when the state does not hear the command
   */
  command: (run_id: string, command: BareCommand, fence?: Fence & { receipt?: string }) => Promise<Decided>;
}

const RACES_MAX = 10;

export function createDecider(parts: DeciderParts): Decider {
  const { cache, clock, ids } = parts;
  // Decisions on one run wait for each other here, instead of racing in the store.
  const turns = new Map<string, Promise<unknown>>();
  const inTurn = <T>(run_id: string, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(run_id) ?? Promise.resolve()).then(work, work);
    const settled = turn
      .catch(() => undefined)
      .finally(() => {
        if (turns.get(run_id) === settled) turns.delete(run_id);
      });
    turns.set(run_id, settled);
    return turn;
  };
  const stamped = (command: BareCommand): Command => ({ ...command, now_ms: clock.now_ms(), new_item_id: ids.uuid() }) as Command;

  const attempt = async (run_id: string, command: BareCommand, guard: (Fence & { receipt?: string }) | undefined): Promise<Decided> => {
    const { receipt, ...fence } = guard ?? {};
    const more = guard === undefined ? {} : { fence: fence as Fence, ...(receipt === undefined ? {} : { receipt }) };
    let over_budget = false;
    for (let race = 0; race < RACES_MAX; race += 1) {
      const { table, state } = race === 0 ? await cache.load(run_id) : await cache.loadFresh(run_id);
      const held_ms = await heldMs(parts.store, state, command);
      const events = decide(table, state, { ...stamped(command), over_budget, held_ms });
      // Nothing to do may only mean that the memory is behind what another planner has decided.
      if (events.length === 0 && race === 0) continue;
      if (events.length === 0) return { state, events };
      const outcome = await append(parts, table, state, command.type, events, more);
      if (outcome.status === 'appended') return { state: outcome.state, events };
      if (outcome.status === 'duplicate') return { state: (await cache.loadFresh(run_id)).state, events: [] };
      if (outcome.status === 'stale') {
        throw new CodeOptimaError('stale_epoch', `epoch ${guard?.epoch} of item ${guard?.item_id} has passed; nothing was changed`, {
          ids: { run_id, item_id: guard?.item_id ?? '' },
        });
      }
      if (outcome.status === 'over_budget') over_budget = true;
      else parts.metrics.lostRace();
    }
    throw new CodeOptimaError('conflict', `run ${run_id} changes too fast; try again`, { retryable: true, ids: { run_id } });
  };

  return {
    submit: (submission) => submit(parts, stamped, submission),
    command: (run_id, command, fence) =>
      inTurn(run_id, async () => {
        try {
          return await attempt(run_id, command, fence);
        } catch (error) {
          // The memory may be behind: another planner has decided, or a commit went through without its answer.
          if (!(error instanceof CodeOptimaError) || !['stale_epoch', 'conflict', 'unavailable'].includes(error.code)) throw error;
          const before = await cache.load(run_id);
          if (error.code === 'unavailable') {
            cache.forget(run_id);
            throw error;
          }
          if ((await cache.loadFresh(run_id)).state.version === before.state.version) throw error;
          return attempt(run_id, command, fence);
        }
      }),
  };
}

/** How long the attempt that a command may cut off has been at work; one that ends by itself tells that itself. */
async function heldMs(store: Store, { item }: RunState, { type }: BareCommand): Promise<number> {
  const cuts_off = type === 'expire' || type === 'fire_timer' || type === 'signal';
  return cuts_off && item !== null ? store.items.heldMs(item.item_id) : 0;
}

async function submit(
  parts: DeciderParts,
  stamped: (command: BareCommand) => Command,
  submission: Submission,
): Promise<{ run_id: string; created: boolean }> {
  const { table, request, traceparent, idempotency_key } = submission;
  const run_id = parts.ids.uuid().replaceAll('-', '').slice(0, 16);
  const events = decide(table, null, stamped({ type: 'submit', run_id, request, traceparent }));
  const request_hash = hashJson({ workflow: table.definition.workflow, request });
  const idempotency = idempotency_key === '' ? {} : { idempotency: { key: idempotency_key, request_hash } };
  const outcome = await append(parts, table, null, 'submit', events, idempotency);
  if (outcome.status === 'appended') return { run_id, created: true };
  if (outcome.status !== 'exists') throw new CodeOptimaError('internal', `a new run was answered with ${outcome.status}`);
  if (outcome.request_hash !== request_hash) {
    throw new CodeOptimaError('conflict', `idempotency key '${idempotency_key}' was used for another request`, {
      ids: { run_id: outcome.run_id },
    });
  }
  return { run_id: outcome.run_id, created: false };
}

type Appended = Exclude<AppendOutcome, { status: 'appended' }> | { status: 'appended'; state: RunState };

async function append(
  { store, cache, publisher, hub, metrics, log }: DeciderParts,
  table: Table,
  before: RunState | null,
  command: string,
  events: readonly RunEvent[],
  more: Pick<Decision, 'fence' | 'receipt' | 'idempotency'>,
): Promise<Appended> {
  const { state, effects } = effectsOf(table, before, events);
  const expected_version = before?.version ?? 0;
  const { run_id, traceparent } = state;
  const messages = outboxMessages(expected_version + 1, events, state.item);
  const run = projectionOf(table, state);
  faultPoint('planner.before_commit');
  const outcome = await store.append({ run_id, expected_version, events, effects, run, traceparent, messages, ...more });
  if (outcome.status !== 'appended') return outcome;
  faultPoint('planner.after_commit');
  cache.keep({ table, state });
  const by_version = new Map(events.map((event, index) => [expected_version + 1 + index, event]));
  const dropped = new Map(outcome.dropped.map(({ item_id, epoch }) => [item_id, epoch]));
  publisher.offer({ outbox_id: outcome.outbox_id, run_id, traceparent, messages, events: by_version, dropped });
  hub.announce(run_id);
  if (before === null || (!run.holds_slot && projectionOf(table, before).holds_slot)) hub.announceSlot();
  metrics.decided(command, before, events);
  const state_before = before?.state ?? null;
  if (state.state !== state_before)
    inTrace(traceparent, () => log.info({ job_id: run_id, command, from: state_before, to: state.state }, 'run moved'));
  return { status: 'appended', state };
}
