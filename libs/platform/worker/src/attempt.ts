import { CodeOptimaError, TASKS, type TaskName, type WorkItem, isTask } from '@codeoptima/contracts';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { inSpan } from '@codeoptima/service-kit';
import { liveProgress } from './live-progress.ts';
import type { WorkerParts } from './parts.ts';
import type { TaskContext, TaskHandler } from './task-context.ts';
import { createWorkFolder } from './work-folder.ts';

/** What an attempt came to. `lost`: the lease is gone, nothing may be reported. `released`: given back for the drain. */
export type AttemptOutcome =
  | { kind: 'completed'; result_json: string }
  | { kind: 'failed'; error: CodeOptimaError }
  | { kind: 'lost' }
  | { kind: 'released' };

/** Why an attempt was stopped from outside; carried as the reason of its signal. */
export class Interruption extends CodeOptimaError {
  readonly outcome: 'lost' | 'released' | 'failed';

  constructor(outcome: 'lost' | 'released' | 'failed', code: 'cancelled' | 'deadline_exceeded', message: string) {
    super(code, message, { retryable: false });
    this.outcome = outcome;
  }
}

export interface Attempt {
  item: WorkItem;
  slot: number;
  usage: { ci_ms: number; cost_usd: number };
  controller: AbortController;
}

/** A handler that does not end this long after its signal aborted holds the worker hostage: the process ends, and is started anew. */
const OBEY_MS = 30_000;

const parsePayload = (task: TaskName, payload_json: string): unknown => {
  let value: unknown;
  try {
    value = JSON.parse(payload_json);
  } catch (cause) {
    throw new CodeOptimaError('bad_input', `the payload of ${task} is not JSON.`, { cause });
  }
  const parsed = TASKS[task].payload.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CodeOptimaError('bad_input', `the payload of ${task} breaks the contract at ${issue?.path.join('.')}: ${issue?.message}.`);
};

const encodeResult = (task: TaskName, result: unknown): string => {
  const parsed = TASKS[task].result.safeParse(result);
  if (parsed.success) return JSON.stringify(parsed.data);
  const issue = parsed.error.issues[0];
  throw new CodeOptimaError('internal', `the result of ${task} breaks the contract at ${issue?.path.join('.')}: ${issue?.message}.`);
};

/** Tells as often as a beat goes out that work goes on. */
const moving = async <T>(tell: () => void, beat_ms: number, work: () => Promise<T>): Promise<T> => {
  const timer = setInterval(tell, beat_ms);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
};

/** Races the work against its interruption plus a grace, since a handler may not heed its signal. */
const obeying = async <T>(work: Promise<T>, signal: AbortSignal, onHostage: () => void): Promise<T> => {
  let timer: NodeJS.Timeout | null = null;
  const arm = (): void => {
    timer = setTimeout(onHostage, OBEY_MS);
    timer.unref();
  };
  if (signal.aborted) arm();
  else signal.addEventListener('abort', arm, { once: true });
  try {
    return await work;
  } finally {
    signal.removeEventListener('abort', arm);
    if (timer) clearTimeout(timer);
  }
};

/** Aborts at the deadline the planner set. Its clock is the database's; on one machine they are the same. */
const armDeadline = (deadline_ms: number | null, parts: WorkerParts, controller: AbortController): (() => void) => {
  if (deadline_ms === null) return () => undefined;
  const reason = new Interruption('failed', 'deadline_exceeded', 'the time limit of the task is over.');
  // setTimeout takes at most 2^31 ms (24 days).
  const left_ms = Math.min(2 ** 31 - 1, Math.max(0, deadline_ms - parts.service.clock.now_ms()));
  const timer = setTimeout(() => controller.abort(reason), left_ms);
  timer.unref();
  return () => clearTimeout(timer);
};

const work = async (parts: WorkerParts, attempt: Attempt, workdir: string, deadline_ms: number | null): Promise<string> => {
  const { item, slot, usage, controller } = attempt;
  const handler = isTask(item.task) ? parts.handlers[item.task] : undefined;
  if (!isTask(item.task) || !handler) throw new CodeOptimaError('bad_input', `${parts.service.name} does not do the task "${item.task}".`);
  const live = liveProgress((detail, fraction) => {
    const { itemId, runId, epoch, task } = item;
    parts.bus.sendProgress({ itemId, runId, epoch, task, detail, fraction });
  });
  const context: TaskContext = {
    item_id: item.itemId,
    run_id: item.runId,
    task: item.task,
    epoch: item.epoch,
    attempt: item.attempt,
    payload: parsePayload(item.task, item.payloadJson) as TaskContext['payload'],
    signal: controller.signal,
    progress: (detail, fraction = -1) => {
      parts.beats.raise(slot);
      live.report(detail, fraction);
    },
    bounded: (bounded) => moving(() => parts.beats.raise(slot), parts.beat_ms ?? 10_000, bounded),
    addUsage: ({ ci_ms = 0, cost_usd = 0 }) => {
      usage.ci_ms += ci_ms;
      usage.cost_usd += cost_usd;
    },
    artifacts: parts.artifacts,
    workdir,
    log: parts.service.log.child({ job_id: item.runId, item_id: item.itemId, task: item.task }),
    deadline_ms,
  };
  try {
    return encodeResult(item.task, await (handler as TaskHandler<TaskName>)(context));
  } finally {
    live.flush();
  }
};

/** Does one attempt from claim to verdict; never throws. */
export const attemptItem = async (parts: WorkerParts, attempt: Attempt): Promise<AttemptOutcome> => {
  const { item, controller } = attempt;
  const deadline_ms = item.deadline ? timestampMs(item.deadline) : null;
  const disarm = armDeadline(deadline_ms, parts, controller);
  try {
    const folder = createWorkFolder(parts.service.env.CODEOPTIMA_DATA_DIR, item.itemId, item.epoch);
    try {
      const running = inSpan(`${parts.service.name} ${item.task}`, '', {}, () => work(parts, attempt, folder.path, deadline_ms));
      const result_json = await obeying(running, controller.signal, parts.onHostage);
      // A result that is ready counts even if the drain or the deadline came meanwhile; only a lost lease voids it.
      const reason: unknown = controller.signal.reason;
      return reason instanceof Interruption && reason.outcome === 'lost' ? { kind: 'lost' } : { kind: 'completed', result_json };
    } finally {
      parts.background(folder.remove());
    }
  } catch (error) {
    const reason: unknown = controller.signal.reason;
    if (reason instanceof Interruption) return reason.outcome === 'failed' ? { kind: 'failed', error: reason } : { kind: reason.outcome };
    // What nobody foresaw may go well another time; the planner limits the attempts.
    return {
      kind: 'failed',
      error:
        error instanceof CodeOptimaError
          ? error
          : new CodeOptimaError('internal', CodeOptimaError.from(error).message, { retryable: true, cause: error }),
    };
  } finally {
    disarm();
  }
};
