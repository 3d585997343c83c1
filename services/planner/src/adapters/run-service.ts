import { CodeOptimaError, RunRequest, RunService } from '@codeoptima/contracts';
import type { Bus } from '@codeoptima/bus';
import { type Implementation, type ServedService, service } from '@codeoptima/rpc';
import { type Clock, currentTraceparent, inSpan } from '@codeoptima/service-kit';
import type { Store } from '@codeoptima/store';
import { canonicalJson, type Json, snapshotOf, storableJson, type Table } from '@codeoptima/workflow';
import { z } from 'zod';
import { eventMessage, runMessage } from '../domain/wire.ts';
import type { Decider } from './decider.ts';
import type { RunCache } from './run-cache.ts';
import type { RunHub } from './run-hub.ts';
import { watchRun } from './watch-run.ts';

export interface RunServiceParts {
  store: Store;
  bus: Bus;
  cache: RunCache;
  hub: RunHub;
  decider: Decider;
  clock: Clock;
  /** Workflows of this release, by name. */
  workflows: ReadonlyMap<string, Table>;
}

type RunMessage = ReturnType<typeof runMessage>;

function parseRequest(json: string): RunRequest {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    throw new CodeOptimaError('bad_input', 'request_json is not JSON');
  }
  if (canonicalJson(storableJson(raw)) !== canonicalJson(raw))
    throw new CodeOptimaError(
      'bad_input',
      'the run request holds a NUL character or half of a surrogate pair, which no name or path of it can have',
    );
  const parsed = RunRequest.safeParse(raw);
  if (!parsed.success) throw new CodeOptimaError('bad_input', `the run request is wrong: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const limitOf = (asked: number, most: number): number => (asked > 0 ? Math.min(asked, most) : most);

const by = (actor: string): string => (actor === '' ? 'somebody' : text(actor));

/** What a person says, as the database can hold it. */
const text = (said: string): string => storableJson(said) as string;

const why = (done: string, reason: string, actor: string): string => (reason === '' ? `${done} by ${by(actor)}` : text(reason));

/** An approval that came first may have asked for less. */
async function checkToldToMerge(store: Store, run_id: string): Promise<void> {
  for (const { event } of await store.events.read(run_id))
    if (event.type === 'SignalReceived' && event.name === 'approve' && event.data['merge'] === true) return;
  throw new CodeOptimaError('conflict', `run ${run_id} was approved before without a merge; merge its branch by hand`, { ids: { run_id } });
}

/** What people and clients ask. */
export function runService(parts: RunServiceParts): ServedService {
  const { store, cache, decider, workflows } = parts;

  const read = async (run_id: string): Promise<RunMessage> => {
    const row = await store.runs.find(run_id);
    const { table, state } = await cache.loadFresh(row.run_id);
    return runMessage(state.version === row.version ? row : await store.runs.find(row.run_id), JSON.stringify(snapshotOf(table, state)));
  };

  /** A decision that was taken before in the same sense is answered with the run; one that comes too late is kept and refused. */
  const signal = async (
    given_id: string,
    name: string,
    actor: string,
    reason: string,
    data: Record<string, Json>,
    meant: string[],
  ): Promise<RunMessage> => {
    const { run_id } = await store.runs.find(given_id);
    const { traceparent } = (await cache.load(run_id)).state;
    try {
      await inSpan(`${name} run`, traceparent, {}, () => decider.command(run_id, { type: 'signal', name, actor, reason, data }));
    } catch (error) {
      if (!(error instanceof CodeOptimaError) || error.code !== 'conflict') throw error;
      const { state } = (await cache.loadFresh(run_id)).state;
      if (!meant.includes(state)) {
        await store.runs.recordLateSignal({ run_id, name, actor, reason });
        throw error;
      }
    }
    return read(run_id);
  };

  const implementation: Implementation<typeof RunService> = {
    submitRun: async ({ idempotencyKey, workflow, requestJson }) => {
      const name = workflow === '' ? 'optimize' : workflow;
      const table = workflows.get(name);
      if (table === undefined)
        throw new CodeOptimaError('bad_input', `there is no workflow '${name}'; known: ${[...workflows.keys()].join(', ')}`);
      // The first span of the run's trace, unless the caller has one.
      const { run_id, created } = await inSpan('submit run', '', {}, () =>
        decider.submit({ table, request: parseRequest(requestJson), idempotency_key: idempotencyKey, traceparent: currentTraceparent() }),
      );
      return { run: await read(run_id), created };
    },
    getRun: async ({ runId }) => ({ run: await read(runId) }),
    listRuns: async ({ limit, activeOnly }) => {
      const rows = await store.runs.list(limitOf(limit, 500), activeOnly);
      return { runs: rows.map((row) => runMessage(row)) };
    },
    listEvents: async ({ runId, afterVersion, limit }) => {
      const { run_id } = await store.runs.find(runId);
      const events = await store.events.read(run_id, Number(afterVersion), limitOf(limit, 1000));
      return { events: events.map((event) => eventMessage(run_id, event)) };
    },
    watchRun: (request, call) => watchRun(parts, request.runId, Number(request.afterVersion), call.signal),
    cancelRun: async ({ runId, reason, actor }) => {
      return { run: await signal(runId, 'cancel', by(actor), why('cancelled', reason, actor), {}, ['cancelled']) };
    },
    approveRun: async ({ runId, actor, merge }) => {
      const run = await signal(runId, 'approve', by(actor), '', { merge }, ['succeeded', 'merging']);
      if (merge) await checkToldToMerge(store, run.runId ?? '');
      return { run };
    },
    rejectRun: async ({ runId, reason, actor }) => {
      return { run: await signal(runId, 'reject', by(actor), why('rejected', reason, actor), {}, ['rejected']) };
    },
  };
  return service(RunService, implementation);
}
