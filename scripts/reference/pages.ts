import { commandReference } from '@codeoptima/cli';
import { configJsonSchema, configReference } from '@codeoptima/config';
import { evidenceJsonSchema } from '@codeoptima/evidence';
import { rulesReference } from '@codeoptima/rules';

/** A page of docs/ that is written from code. */
export interface ReferencePage {
  /** Relative to the repository's root. */
  path: string;
  text: () => string;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Every page that `npm run generate` writes; the test beside fails when one differs from its code. */
export const REFERENCE_PAGES: readonly ReferencePage[] = [
  { path: 'docs/command-line.md', text: commandReference },
  { path: 'docs/configuration.md', text: configReference },
  { path: 'docs/rules.md', text: rulesReference },
  { path: 'docs/schemas/codeoptima.schema.json', text: () => json(configJsonSchema()) },
  { path: 'docs/schemas/evidence.schema.json', text: () => json(evidenceJsonSchema()) },
];
