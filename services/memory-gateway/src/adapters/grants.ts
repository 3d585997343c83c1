import { readFileSync } from 'node:fs';
import { CodeOptimaError } from '@codeoptima/contracts';
import { z } from 'zod';
import type { Grant } from '../domain/scope.ts';

const Grants = z
  .array(
    z.strictObject({
      token_sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the token in lower-case hex'),
      projects: z.array(z.string().min(1)).min(1),
      roles: z.array(z.string().min(1)).min(1),
    }),
  )
  .min(1);

/** @throws CodeOptimaError `bad_input` when the file cannot be read or is no list of grants. */
export const readGrants = (path: string): Grant[] => {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CodeOptimaError('bad_input', `the grants in ${path} cannot be read as JSON.`, { cause: error, ids: { path } });
  }
  const parsed = Grants.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new CodeOptimaError('bad_input', `the grants in ${path} are not usable: ${faults.join('; ')}`, { ids: { path } });
};
