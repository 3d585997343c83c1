import type { MessageInitShape } from '@bufbuild/protobuf';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { MemoryFilter } from '@codeoptima/contracts/memory';
import type { ConditionSchema, FilterSchema } from '../gen/values_pb.ts';
import { milliseconds } from './answer.ts';
import type { Scope } from './scope.ts';

export type Condition = MessageInitShape<typeof ConditionSchema>;
export type Filter = MessageInitShape<typeof FilterSchema>;

/** Fields of a record that are indexed in each tier, with the type of the index. */
export const INDEXED = {
  project: 'keyword',
  visibility: 'keyword',
  role: 'keyword',
  agent: 'keyword',
  kind: 'keyword',
  task: 'keyword',
  status: 'keyword',
  depends_on: 'keyword',
  id: 'keyword',
  priority: 'integer',
  updated_at_ms: 'integer',
  expires_at_ms: 'integer',
} as const;

export const is = (key: string, value: string | number | boolean): Condition => ({
  conditionOneOf: {
    case: 'field',
    value: {
      key,
      match: {
        matchValue:
          typeof value === 'string'
            ? { case: 'keyword', value }
            : typeof value === 'boolean'
              ? { case: 'boolean', value }
              : { case: 'integer', value: BigInt(value) },
      },
    },
  },
});

export const isOneOf = (key: string, strings: string[]): Condition => ({
  conditionOneOf: { case: 'field', value: { key, match: { matchValue: { case: 'keywords', value: { strings } } } } },
});

export const inRange = (key: string, range: { gt?: number; gte?: number; lt?: number; lte?: number }): Condition => ({
  conditionOneOf: { case: 'field', value: { key, range } },
});

/** Lies at one of these places. */
export const isAt = (places: readonly string[]): Condition => ({
  conditionOneOf: { case: 'hasId', value: { hasId: places.map((value) => ({ pointIdOptions: { case: 'uuid', value } })) } },
});

const within = (filter: Filter): Condition => ({ conditionOneOf: { case: 'filter', value: filter } });

/** What a caller may read: the same rule as `mayRead`, for the store to apply. */
const readable = (scope: Scope, shared: boolean): Condition => {
  const own: Filter = {
    must: [is('project', scope.project)],
    should: [isOneOf('visibility', ['project', 'shared']), is('role', scope.role)],
  };
  return within({ should: [within(own), ...(shared ? [is('visibility', 'shared')] : [])] });
};

const matching = (key: string, value: unknown): Condition => {
  if (typeof value === 'string' || typeof value === 'boolean') return is(key, value);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return is(key, value);
  throw new CodeOptimaError('bad_input', `filter.${key} must be a string, a bool or a whole number.`);
};

const conditionsOf = (filter: MemoryFilter): Condition[] => {
  const lists = { kind: filter.kinds, role: filter.roles, agent: filter.agents, task: filter.tasks, status: filter.statuses };
  const after = filter.updatedAfter === undefined ? {} : { gt: milliseconds(filter.updatedAfter) };
  const before = filter.updatedBefore === undefined ? {} : { lt: milliseconds(filter.updatedBefore) };
  return [
    ...Object.entries(lists).flatMap(([key, values]) => (values.length > 0 ? [isOneOf(key, values)] : [])),
    ...(filter.dependsOn.length > 0
      ? [
          isOneOf(
            'depends_on',
            filter.dependsOn.map((id) => id.toLowerCase()),
          ),
        ]
      : []),
    ...(filter.priorityAtLeast === undefined ? [] : [inRange('priority', { gte: filter.priorityAtLeast })]),
    ...(filter.updatedAfter || filter.updatedBefore ? [inRange('updated_at_ms', { ...after, ...before })] : []),
    ...Object.entries(filter.data).map(([field, value]) =>
      matching(`data.${field}`, value.kind.case === undefined ? undefined : value.kind.value),
    ),
  ];
};

const alive = (now_ms: number): Condition => within({ mustNot: [inRange('expires_at_ms', { gt: 0, lte: now_ms })] });

export const isEmpty = (filter: MemoryFilter): boolean => conditionsOf(filter).length === 0;

export interface Visible {
  scope: Scope;
  include_shared: boolean;
  filter: MemoryFilter | undefined;
  now_ms: number;
}

/** What a recall may find: visible to the caller, not past its end, and as the filter says. @throws CodeOptimaError `bad_input`. */
export const visible = ({ scope, include_shared, filter, now_ms }: Visible): Filter => ({
  must: [readable(scope, include_shared), alive(now_ms), ...(filter ? conditionsOf(filter) : [])],
});
