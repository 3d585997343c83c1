export { type ForgetWhat, type MemoryClient, type MemoryOptions, type RecallQuery, type WorkFence, connectMemory } from './client.ts';
export { type OptionalMemory, optionalMemory } from './optional.ts';
export { type Reach, reachOf } from './reach.ts';
