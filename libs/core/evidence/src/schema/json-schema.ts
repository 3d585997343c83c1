import { z } from 'zod';
import { RunEvidence } from './run.ts';

/** JSON Schema (draft 2020-12) of evidence.json, as published in docs/schemas. */
export function evidenceJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(RunEvidence, { io: 'output' }) as Record<string, unknown>;
  return {
    $schema,
    $id: 'https://codeoptima.invalid/schemas/evidence-1.json',
    title: 'Evidence of a Code Optima run',
    ...rest,
  };
}
