import { randomUUID } from 'node:crypto';
import { openStore } from '@codeoptima/store';
import { type Command, decide, effectsOf, loadWorkflow, projectionOf, type RunState } from '@codeoptima/workflow';
import { request } from '@codeoptima/workflow/testing';
import type { BenchFleet } from './fleet.ts';

const table = loadWorkflow('optimize');

/**
 * Decisions per second of sixteen clients on the store alone: each takes a new run from submission over its start to a cancel, three
 * decisions with their events, items, timers and outbox rows, each its own commit. The figure of each whole second.
 */
export async function measureAppends(fleet: BenchFleet, clients: number, seconds: number): Promise<number[]> {
  const store = await openStore({ url: fleet.postgres_url, connections: clients });
  const per_s = Array.from({ length: seconds }, () => 0);
  const started = performance.now() + 1_000;
  const append = async (before: RunState | null, command: Command): Promise<RunState> => {
    const events = decide(table, before, command);
    const { state, effects } = effectsOf(table, before, events);
    const messages = events.map(({ type }, index) => ({ kind: 'event' as const, version: (before?.version ?? 0) + index + 1, type }));
    const { run_id } = state;
    const run = projectionOf(table, state);
    const outcome = await store.append({ run_id, expected_version: before?.version ?? 0, events, effects, run, traceparent: '', messages });
    if (outcome.status !== 'appended') throw new Error(`append answered ${outcome.status}`);
    const second = Math.floor((performance.now() - started) / 1000);
    if (second >= 0 && second < seconds) per_s[second] = (per_s[second] ?? 0) + 1;
    return state;
  };
  const drive = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000) {
      const given = (): { now_ms: number; new_item_id: string } => ({
        now_ms: Math.round(performance.timeOrigin + performance.now()),
        new_item_id: randomUUID(),
      });
      const run_id = randomUUID();
      const submitted = await append(null, { type: 'submit', run_id, request: request(), traceparent: '', ...given() });
      const state = await append(submitted, { type: 'start', facts: { rolling_mean_pct: null }, ...given() });
      await append(state, { type: 'signal', name: 'cancel', actor: 'bench', reason: 'enough', data: {}, ...given() });
    }
  };
  await Promise.all(Array.from({ length: clients }, drive));
  await store.close();
  return per_s;
}
