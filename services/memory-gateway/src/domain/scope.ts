import { createHash, timingSafeEqual } from 'node:crypto';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { MemoryRecord } from './record.ts';

export interface Scope {
  project: string;
  role: string;
  agent: string;
}

const NAME = /^[\w./:@-]{1,128}$/;

const named = (value: string, what: string): string => {
  if (NAME.test(value)) return value;
  throw new CodeOptimaError('bad_input', `caller.${what} must be 1 to 128 characters of letters, digits and . _ - / : @.`);
};

/** @throws CodeOptimaError `bad_input` when the caller does not say who it is. */
export const scopeOf = (caller: { project: string; role: string; agent: string } | undefined): Scope => {
  if (!caller) throw new CodeOptimaError('bad_input', 'caller is missing: its project and role decide what it may see.');
  return {
    project: named(caller.project, 'project'),
    role: named(caller.role, 'role'),
    agent: caller.agent === '' ? '' : named(caller.agent, 'agent'),
  };
};

/** Whether the caller may read a memory. `shared`: whether it asked for what other projects share. */
export const mayRead = (record: MemoryRecord, scope: Scope, shared: boolean): boolean => {
  if (record.project !== scope.project) return shared && record.visibility === 'shared';
  return record.visibility !== 'role' || record.role === scope.role;
};

/** Only the project that wrote a memory changes it, and what is one role's, only that role. */
export const mayChange = (record: MemoryRecord, scope: Scope): boolean =>
  record.project === scope.project && (record.visibility !== 'role' || record.role === scope.role);

/** What one token may speak for; `*` stands for any. */
export interface Grant {
  token_sha256: string;
  projects: readonly string[];
  roles: readonly string[];
}

const allows = (names: readonly string[], name: string): boolean => names.includes('*') || names.includes(name);
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * The grants of a token, none when it is unknown. Each stands for itself: of two grants, one for a project and one for another, neither
 * lends its roles to the other's project. Every grant is compared, so that the time tells nothing.
 */
export const grantsOf = (grants: readonly Grant[], bearer: string | null): Grant[] => {
  if (bearer === null) return [];
  const shown = digest(bearer);
  return grants.filter((grant) => timingSafeEqual(shown, Buffer.from(grant.token_sha256, 'hex')));
};

/** @throws CodeOptimaError `unauthenticated` when no single grant of the token holds both the project and the role that the call names. */
export const checkGrants = (grants: readonly Grant[], scope: Scope): void => {
  if (grants.some((grant) => allows(grant.projects, scope.project) && allows(grant.roles, scope.role))) return;
  throw new CodeOptimaError('unauthenticated', `this token does not speak for role ${scope.role} of project ${scope.project}.`);
};
