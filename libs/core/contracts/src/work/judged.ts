import { z } from 'zod';
import { Candidate } from './candidate.ts';
import { ArtifactRef } from './refs.ts';
import { VerifyResult } from './verify.ts';

/** A candidate and what became of it. */
export const JudgedCandidate = z.object({
  candidate: Candidate,
  /** Without evidence when the verification itself came to no end: the reason then says why. */
  result: VerifyResult.extend({ evidence: ArtifactRef.nullable() }),
});
export type JudgedCandidate = z.infer<typeof JudgedCandidate>;

/** A candidate that was certified, which nothing is without evidence. */
export const CertifiedCandidate = JudgedCandidate.extend({ result: VerifyResult });
export type CertifiedCandidate = z.infer<typeof CertifiedCandidate>;
