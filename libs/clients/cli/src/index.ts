export type { CliCommand, CommonOptions } from './commands/options.ts';
export type { CliContext } from './context.ts';
export { buildProgram, runProgram } from './program.ts';
export { commandReference } from './reference.ts';
