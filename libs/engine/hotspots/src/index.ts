export { benchmarkWorkloads } from './benchmark-workloads.ts';
export { capturedWorkloads } from './captured-workloads.ts';
export type { Draft } from './draft.ts';
export { findHotspots, type HotspotsInput } from './hotspots.ts';
export type { RunTests } from './test-evidence.ts';
export { TimeBudget } from './time-budget.ts';
export { type Ground, tryOut } from './try-out.ts';
export { userWorkloads } from './user-workloads.ts';
