import type { ArtifactStore } from '@codeoptima/artifacts';
import type { Bus } from '@codeoptima/bus';
import type { WorkService } from '@codeoptima/contracts';
import type { Client } from '@codeoptima/rpc';
import type { Service } from '@codeoptima/service-kit';
import type { Beats } from './beats.ts';
import type { TaskHandlers } from './task-context.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface WorkerOptions {
  service: Service;
  handlers: TaskHandlers;
  bus: Bus;
  planner: Client<typeof WorkService>;
  artifacts: ArtifactStore;
  /** Items worked on at once; 1 by default. */
  concurrency?: number;
  /** Wake-ups are hints: how often the planner is asked for work without one, and whether what is held is held still. Default 5 s. */
  poll_ms?: number;
  /** Default 10 s. */
  beat_ms?: number;
}

/** What the parts of a worker share. */
export interface WorkerParts extends WorkerOptions {
  beats: Beats;
  metrics: WorkerMetrics;
  /** Waited for at the end, but not by the work. */
  background: (task: Promise<unknown>) => void;
  onHostage: () => void;
}
