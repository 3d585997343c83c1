import { z } from 'zod';

export const Verdict = z.enum([
  'certified',
  'not_proven',
  'behaviour_differs',
  'tests_regressed',
  'refused',
  'cannot_certify_here',
  'nondeterministic',
]);
export type Verdict = z.infer<typeof Verdict>;
