export type { TaskContext, TaskHandler, TaskHandlers } from './task-context.ts';
export { WorkerEnv, type WorkerMainOptions, workerMain } from './worker-main.ts';
export type { WorkerOptions } from './parts.ts';
export { type Worker, runWorker } from './worker.ts';
