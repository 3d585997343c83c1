export { provedPercent } from './derive/format.ts';
export { gainSentence, runHeadline } from './derive/headline.ts';
export { BehaviourDifference, BehaviourEvidence, OracleStrength } from './schema/behaviour.ts';
export { CandidateEvidence, type CandidateEvidenceInput, TestComparison } from './schema/candidate.ts';
export { evidenceJsonSchema } from './schema/json-schema.ts';
export {
  GrowthComparison,
  InstructionCount,
  MeasurementEvidence,
  MeasurementMode,
  MemoryComparison,
  PairSample,
  SequentialLook,
  WorkloadMeasurement,
  WorkloadRole,
} from './schema/measurement.ts';
export { BaselineTests, EVIDENCE_SCHEMA, MachineFacts, RunEvidence, type RunEvidenceInput } from './schema/run.ts';
export { type SummaryFacts, terminalSummary } from './text/terminal-summary.ts';
export { reportHtml } from './html/report.ts';
export { type PullRequest, pullRequest } from './text/pull-request.ts';
export { reportMarkdown } from './text/report-markdown.ts';
export { commitMessage, TRAILER_CANDIDATE, TRAILER_RUN } from './text/commit-message.ts';
