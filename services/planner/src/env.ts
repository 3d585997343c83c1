import { ServiceEnv } from '@codeoptima/service-kit';
import { z } from 'zod';

export const PlannerEnv = ServiceEnv.extend({
  /** `postgres://…`; the planner alone connects to it. */
  CODEOPTIMA_POSTGRES_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  /** Connections to Postgres at most: so many decisions share one flush of its log. */
  CODEOPTIMA_POSTGRES_CONNECTIONS: z.coerce.number().int().min(2).max(100).default(16),
});
export type PlannerEnv = z.infer<typeof PlannerEnv>;
