export {
  type Captured,
  type CapturedFunction,
  captureCalls,
  type CaptureRequest,
  type RunCallback,
  type RunContext,
} from './capture/capture-calls.ts';
export { type CaptureLimits, DEFAULT_CAPTURE_LIMITS } from './capture/scratch.ts';
export {
  type BehaviourDifference,
  type BehaviourReport,
  checkBehaviour,
  type CheckRequest,
  type FunctionReport,
} from './check-behaviour.ts';
export { type OracleStrength, oracleStrength, type StrengthRequest } from './strength/oracle-strength.ts';
export { type ChangedFunction, changedFunctions } from './instrument/changed-functions.ts';
export { workloadFromCaptured, type WorkloadRequest } from './report/workload.ts';
