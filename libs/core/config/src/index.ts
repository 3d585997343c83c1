export { RunConfig, WorkloadConfig } from './run-config.ts';
