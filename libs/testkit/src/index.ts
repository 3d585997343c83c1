export { eventually } from './eventually.ts';
export { type SeededRandom, seededRandom, withSeed } from './random.ts';
export { type RepositoryFiles, type TestRepository, createRepository, smallPackage } from './repository.ts';
export { type TestSidecar, noSidecar, startSidecar } from './sidecar.ts';
export { type TestNats, type TestPostgres, startNats, startPostgres } from './stores.ts';
export { type TestItem, type TestPlanner, startPlanner } from './work-service.ts';
export { MemoryServer } from './memory-service.ts';
