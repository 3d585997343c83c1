export { checkSandbox, run } from './run.ts';
export type { SandboxState } from './probe.ts';
export {
  DEFAULT_LIMITS,
  HOME_TARGET,
  type Limits,
  type Mount,
  NODE_TARGET,
  type Outcome,
  REPO_TARGET,
  type RunningCommand,
  type SandboxResult,
  type SandboxSpec,
  TERMINATION_GRACE_MS,
} from './spec.ts';
