import { ServiceEnv } from '@codeoptima/service-kit';
import { z } from 'zod';

export const PlannerEnv = ServiceEnv.extend({
  /** `postgres://…`; the planner alone connects to it. */
  CODEOPTIMA_POSTGRES_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  /** Connections to Postgres at most: so many decisions share one flush of its log. */
  CODEOPTIMA_POSTGRES_CONNECTIONS: z.coerce.number().int().min(2).max(100).default(16),
  /** How long the logs, patches and samples of an ended run are kept; its events and its report in the data directory stay. */
  CODEOPTIMA_KEEP_DAYS: z.coerce.number().min(1).default(30),
});
export type PlannerEnv = z.infer<typeof PlannerEnv>;
