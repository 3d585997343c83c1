import type { ArtifactStore } from '@codeoptima/artifacts';
import type { PayloadOf, ResultOf, TaskName } from '@codeoptima/contracts';
import type { Logger } from '@codeoptima/service-kit';

/** What a handler gets for one attempt at one work item. */
export interface TaskContext<T extends TaskName = TaskName> {
  item_id: string;
  run_id: string;
  task: T;
  /** Fencing token of this attempt. Whatever is written elsewhere on behalf of it carries it. */
  epoch: bigint;
  /** From 1; counted before the payload was read. */
  attempt: number;
  payload: PayloadOf<T>;
  /** Aborted on cancel, on lost lease, at the deadline, and when the drain time is over. Pass it to everything that takes one. */
  signal: AbortSignal;
  /**
   * Says in one short line what runs now and how much of the task is done (0 to 1, omitted when unknown). Call it whenever the work
   * moves on: a task that never calls it within the progress limit (10 min by default) counts as stuck and is killed.
   */
  progress: (detail: string, fraction?: number) => void;
  /**
   * Does work that ends by a limit of its own, such as a command in the sandbox: while it goes on, however silent it is, the task does not
   * count as stuck.
   */
  bounded: <R>(work: () => Promise<R>) => Promise<R>;
  /** Adds to what the attempt cost: wall milliseconds in a sandbox, US dollars for models. */
  addUsage: (usage: { ci_ms?: number; cost_usd?: number }) => void;
  artifacts: ArtifactStore;
  /** Empty folder of this attempt alone; removed afterwards. */
  workdir: string;
  log: Logger;
  /** Wall clock, milliseconds since 1970; null without a limit. `signal` aborts then. */
  deadline_ms: number | null;
}

/** Does one attempt. Throw CodeOptimaError to fail it; its `retryable` tells whether another attempt makes sense. */
export type TaskHandler<T extends TaskName> = (context: TaskContext<T>) => Promise<ResultOf<T>>;

export type TaskHandlers = { [T in TaskName]?: TaskHandler<T> };
