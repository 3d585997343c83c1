export { CONFIG_FLAGS, type ConfigFlag } from './flags.ts';
export { isIgnored } from './ignored.ts';
export { levenshtein, nearest } from './nearest.ts';
export { JUDGING_ROLES, type PathRole, roleOf, TRYING_ROLES } from './path-roles.ts';
export type { ConfigProblem } from './problem.ts';
export { configReference } from './reference.ts';
export { CONFIG_FILE, type ConfigSources, type FlagValue, type Origin, type ResolvedConfig, resolveConfig } from './resolve.ts';
export { FileConfig, RunConfig, WorkloadConfig } from './run-config.ts';
export { configJsonSchema } from './schema-node.ts';
