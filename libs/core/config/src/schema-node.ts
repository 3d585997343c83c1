import { z } from 'zod';
import { FileConfig, RunConfig } from './run-config.ts';
import type { KeyPath } from './toml-lines.ts';

/** The part of JSON Schema (draft 2020-12) that the configuration uses. */
export interface SchemaNode {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  items?: SchemaNode;
  properties?: Record<string, SchemaNode>;
  required?: string[];
}

/** JSON Schema of codeoptima.toml, as published in docs/schemas: editors complete and check the file with it. */
export function configJsonSchema(): SchemaNode & Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(FileConfig, { io: 'input' }) as Record<string, unknown>;
  return { $schema, $id: 'https://codeoptima.invalid/schemas/codeoptima.json', title: 'codeoptima.toml', ...rest };
}

/** JSON Schema of a whole run configuration. */
export const runConfigSchema = (): SchemaNode => z.toJSONSchema(RunConfig, { io: 'input' }) as SchemaNode;

/** The node that describes `path`; undefined when the schema knows no such key. */
export function nodeAt(root: SchemaNode, path: KeyPath): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const step of path) node = typeof step === 'number' ? node?.items : node?.properties?.[step];
  return node;
}

/** Dotted paths of all values below a node; list items are written `workload[].file`. */
export function leafPaths(node: SchemaNode, prefix = ''): string[] {
  const below = node.properties ?? node.items?.properties;
  if (!below) return [prefix];
  const start = prefix === '' ? '' : `${prefix}${node.items ? '[]' : ''}.`;
  return Object.entries(below).flatMap(([name, child]) => leafPaths(child, `${start}${name}`));
}

/** What a value must be, as the end of a sentence: `a whole number from 1 to 50`. */
export function expectation(node: SchemaNode): string {
  if (node.enum) return `one of ${node.enum.map((value) => JSON.stringify(value)).join(', ')}`;
  switch (node.type) {
    case 'integer':
      return `a whole number${range(node)}`;
    case 'number':
      return `a number${range(node)}`;
    case 'string':
      return 'a text in quotes, not empty';
    case 'boolean':
      return 'true or false';
    case 'array':
      return node.items?.type === 'object' ? 'a list of tables, each under its own [[…]] heading' : 'a list of texts such as ["dist/**"]';
    default:
      return 'a table';
  }
}

function range(node: SchemaNode): string {
  if (node.minimum !== undefined && node.maximum !== undefined) return ` from ${node.minimum} to ${node.maximum}`;
  if (node.exclusiveMinimum !== undefined) return ` above ${node.exclusiveMinimum}`;
  return node.minimum === undefined ? '' : `, at least ${node.minimum}`;
}
