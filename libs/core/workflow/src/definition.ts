import { ServiceName, TerminalState } from '@codeoptima/contracts';
import { z } from 'zod';
import { ExpressionSchema } from './expression.ts';
import { GuardSchema } from './guard.ts';

const Name = z.string().regex(/^[a-z][a-z_]*$/);
const Assignments = z.record(Name, ExpressionSchema);

/** The first arrow whose guard holds is taken; `to` is a state, a terminal state or a choice. */
export const Arrow = z.strictObject({
  when: GuardSchema.optional(),
  set: Assignments.optional(),
  to: Name,
  /** One sentence for people, `{path}` filled in; by default the reason so far stays. */
  reason: z.string().optional(),
});
export type Arrow = z.infer<typeof Arrow>;
const Arrows = z.array(Arrow).min(1);

const Task = z.strictObject({
  service: ServiceName,
  /** Name of the payload and result schemas (CONTRACTS). */
  contract: Name,
  /** How often the task may fail retryably before its failure counts. */
  attempts: z.number().int().min(1).max(10),
  /** Pause before the next attempt, doubled each time. */
  retry_seconds: z.number().nonnegative(),
  /** Time one attempt may take, from the claim on. */
  limit_minutes: ExpressionSchema,
  payload: z.record(Name, ExpressionSchema),
  /** Money that the item may cost at most, in US dollars; set aside from the repository's month before the item exists. */
  spend: z.strictObject({ when: GuardSchema.optional(), usd: ExpressionSchema }).optional(),
  /**
   * Whether its time counts as CI minutes. An attempt tells at its end what it has used; one that is cut off before is charged for all the
   * time from its claim on, but for no more than its limit: what lies beyond is an outage, not work.
   */
  ci: z.boolean().optional(),
  /** What of the result makes two outcomes the same (loop detection); by default all of it. */
  identity: ExpressionSchema.optional(),
  /** Applied in order when the task completes; the first step with `set` sees `result`. */
  completed: z.array(z.strictObject({ when: GuardSchema.optional(), set: Assignments })).default([]),
  /** Further events the completion gives. */
  emits: z.array(z.strictObject({ type: z.literal('delta_perf'), data: z.record(Name, ExpressionSchema) })).default([]),
});
export type Task = z.infer<typeof Task>;

const State = z.strictObject({
  /** What people read about the state in the docs. */
  about: z.string(),
  task: Name.optional(),
  /** Whether a run in this state counts against the number of runs at a time. */
  slot: z.boolean().default(true),
  /** Whether the brakes are tried before each task that the state starts. */
  brakes: z.boolean().default(true),
  /** Applied on entry, in order. */
  enter: Assignments.default({}),
  completed: Arrows.optional(),
  /** Tried when the task failed for good; then the workflow's `failed`. */
  failed: Arrows.optional(),
  /** Tried when the task's lease was expired too often; then the workflow's `expired`. */
  expired: Arrows.optional(),
  /** Arrows by the name of a person's signal. */
  signals: z.record(Name, Arrows).default({}),
});

const Timer = z.strictObject({
  minutes: ExpressionSchema,
  starts_on: z.array(Name).min(1),
  stops_on: z.array(Name).default([]),
  /** Whether its end is what the run shows as its deadline. */
  deadline: z.boolean().default(false),
  fired: Arrows,
});

/** A workflow file, such as `workflows/optimize.yaml`. */
export const WorkflowDefinition = z.strictObject({
  workflow: Name,
  about: z.string(),
  /** State of a run that waits for a free slot. */
  entry: Name,
  /** State it enters when it is started. */
  start: Name,
  /** Conditions that are used more than once, by YAML anchor; checked, not read by name. */
  guards: z.record(Name, GuardSchema).default({}),
  limits: Assignments,
  variables: z.record(Name, z.json()),
  tasks: z.record(Name, Task),
  states: z.record(Name, State),
  terminal: z.record(TerminalState, z.string()),
  choices: z.record(Name, Arrows).default({}),
  timers: z.record(Name, Timer).default({}),
  /** Tried before a task is started or repeated. */
  brakes: z.array(Arrow).default([]),
  /** Signals that are heard in every state. */
  signals: z.record(Name, Arrows),
  failed: Arrows,
  /** Taken when a task's lease was expired too often. */
  expired: Arrows,
  /** Where the fields of the snapshot and the evidence of the end are found. */
  snapshot: z.record(Name, ExpressionSchema),
  evidence: ExpressionSchema,
  gain_pct: ExpressionSchema,
});
export type WorkflowDefinition = z.infer<typeof WorkflowDefinition>;
