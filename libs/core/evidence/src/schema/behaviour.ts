import { z } from 'zod';

/** A smallest input on which both versions differ. */
export const BehaviourDifference = z.looseObject({
  function: z.string(),
  /** The input or session, printed as code. */
  input: z.string(),
  base: z.string(),
  candidate: z.string(),
  /** in: within what the function accepts, refuses the change; out: a warning. */
  domain: z.enum(['in', 'out']).default('in'),
  /** How it was found: replay of a captured call, or search. */
  found_by: z.string().nullable().default(null),
  /** Source of a test that passes before the change and fails with it. */
  as_test: z.string().nullable().default(null),
});
export type BehaviourDifference = z.infer<typeof BehaviourDifference>;

/** Share of injected faults that the checks noticed. */
export const OracleStrength = z.looseObject({
  mutants: z.number().int().nonnegative(),
  killed: z.number().int().nonnegative(),
  equivalent: z.number().int().nonnegative().default(0),
  survivors: z.array(z.string()).default([]),
});
export type OracleStrength = z.infer<typeof OracleStrength>;

/** What replay and search compared between the two versions. */
export const BehaviourEvidence = z.looseObject({
  /** Changed functions and entries that were compared. */
  functions: z.array(
    z.looseObject({
      name: z.string(),
      file: z.string().nullable().default(null),
      sessions: z.number().int().nonnegative().default(0),
      calls_seen: z.number().int().nonnegative().default(0),
      /** Calls whose values could not be carried over to a replay, by reason. */
      not_carried: z.record(z.string(), z.number()).default({}),
      /** Calls by power of two of the largest argument: bucket 0 is empty, k is [2^(k-1), 2^k). */
      sizes: z.record(z.string(), z.number()).default({}),
    }),
  ),
  /** Captured sessions replayed on both versions. */
  sessions: z.number().int().nonnegative(),
  /** Inputs tried that were not seen before. */
  searched: z.number().int().nonnegative(),
  /** Sessions that no proposer has seen, and how many of them could be compared. */
  sealed: z.looseObject({ sessions: z.number().int(), replayed: z.number().int() }).nullable().default(null),
  oracle_strength: OracleStrength.nullable().default(null),
  difference: BehaviourDifference.nullable().default(null),
  /** Differences outside the domain, and values that could not be carried. */
  warnings: z.array(z.string()).default([]),
  /** Parts of the changed functions that no session reached. */
  uncovered: z.array(z.string()).default([]),
});
export type BehaviourEvidence = z.infer<typeof BehaviourEvidence>;
