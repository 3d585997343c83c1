import { CodeOptimaError } from '@codeoptima/contracts';
import type { Store } from '@codeoptima/store';
import { evolve, type RunState, type Table } from '@codeoptima/workflow';

export interface LoadedRun {
  table: Table;
  state: RunState;
}

/** Folded runs, the ones that moved last kept in memory. Never the truth: an append checks the version. */
export interface RunCache {
  /** @throws CodeOptimaError `not_found` */
  load: (run_id: string) => Promise<LoadedRun>;
  /** Folds what was appended since by others, if anything. */
  loadFresh: (run_id: string) => Promise<LoadedRun>;
  keep: (run: LoadedRun) => void;
  forget: (run_id: string) => void;
  /** Run of an item, from memory or the store; null when there is no such item. */
  runOfItem: (item_id: string) => Promise<string | null>;
}

const RUNS_MAX = 512;
const ITEMS_MAX = 4096;

export function createRunCache(store: Store): RunCache {
  const runs = new Map<string, LoadedRun>();
  const items = new Map<string, string>();

  const keep = (run: LoadedRun): void => {
    const { run_id, item } = run.state;
    runs.delete(run_id);
    runs.set(run_id, run);
    if (item !== null) items.set(item.item_id, run_id);
    trim(runs, RUNS_MAX);
    trim(items, ITEMS_MAX);
  };

  const loadFresh = async (run_id: string): Promise<LoadedRun> => {
    const known = runs.get(run_id);
    const log = await store.events.read(run_id, known?.state.version ?? 0);
    const first = log[0]?.event;
    if (known === undefined && first?.type !== 'RunSubmitted')
      throw new CodeOptimaError('not_found', `there is no run '${run_id}'`, { ids: { run_id } });
    const table = known?.table ?? (await store.definitions.load(first?.type === 'RunSubmitted' ? first.machine_version : ''));
    const state = log.reduce<RunState | null>((folded, { event }) => evolve(table, folded, event), known?.state ?? null);
    if (state === null) throw new CodeOptimaError('not_found', `there is no run '${run_id}'`, { ids: { run_id } });
    const run = { table, state };
    keep(run);
    return run;
  };

  return {
    load: async (run_id) => runs.get(run_id) ?? loadFresh(run_id),
    loadFresh,
    keep,
    forget: (run_id) => runs.delete(run_id),
    runOfItem: async (item_id) => items.get(item_id) ?? (await store.items.find(item_id))?.run_id ?? null,
  };
}

function trim(map: Map<string, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
