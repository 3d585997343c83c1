import type { TreeShares, WorkloadProfile } from '@codeoptima/measurement';

/** A profile of the tests in the shape of a workload's: one "operation" is the whole run. */
export function asWorkloadProfile(shares: TreeShares): WorkloadProfile {
  const total = Math.max(shares.total_us, 1);
  const functions = [...shares.functions.values()]
    .map((f) => ({
      file: f.file,
      symbol: f.symbol,
      start_line: f.start_line,
      end_line: f.end_line,
      self_share: f.self_us / total,
      inclusive_share: f.inclusive_us / total,
      addressable_share: f.addressable_us / total,
      inclusive_ns_per_op: f.inclusive_us * 1000,
      calls_per_op: null,
      callers: [],
    }))
    .toSorted((a, b) => b.inclusive_share - a.inclusive_share);
  return {
    functions,
    operations: 1,
    operation_ns: shares.total_us * 1000,
    collector_share: shares.collector_us / total,
    foreign_share: shares.foreign_us / total,
    sizes: null,
  };
}
