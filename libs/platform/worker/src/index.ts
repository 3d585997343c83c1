export type { TaskContext, TaskHandler, TaskHandlers } from './task-context.ts';
export { type PayloadOf, type ResultOf, TASKS, type TaskName } from './tasks.ts';
export { WorkerEnv, type WorkerMainOptions, workerMain } from './worker-main.ts';
export type { WorkerOptions } from './parts.ts';
export { type Worker, runWorker } from './worker.ts';
