import { CONFIG_FLAGS } from './flags.ts';
import { configJsonSchema, expectation, type SchemaNode } from './schema-node.ts';

const INTRO = `# Configuration

Written from the schema by \`npm run generate\`; change \`libs/core/config\`, not this page.

A repository may hold a \`codeoptima.toml\` in its root. Every key has a default, so the file may be empty or missing. A flag of
\`codeoptima run\` overrides the file, the file overrides the default; \`codeoptima config check\` prints each value with where it comes
from. An unknown key or a wrong type is an error that names the line and what would be right. Editors complete and check the file
with \`docs/schemas/codeoptima.schema.json\`.

\`--unsafe-no-sandbox\` has no key on purpose: a repository must not be able to switch its own sandbox off.
`;

const EXAMPLE = `## Example

\`\`\`toml
target_pct = 8
ignore = ["src/vendor/**"]

[limits]
max_iterations = 3
wall_clock_minutes = 60

[[workload]]
file = "bench/large-orders.mjs"
weight = 2
\`\`\`

A workload is a module that default-exports \`setup(lib)\`. It gets the package's entry (or \`entry\`) and returns \`fn\`, one operation, and
\`check\`, a value (or a function that gives one) that must be equal before and after a change. Both may be async.

\`\`\`js
export default (lib) => {
  const orders = Array.from({ length: 2000 }, (_, id) => ({ id, total: id % 97 }));
  return { fn: () => lib.summarise(orders), check: () => lib.summarise(orders) };
};
\`\`\`
`;

/** Text of docs/configuration.md. */
export function configReference(): string {
  const schema = configJsonSchema();
  const top = Object.entries(schema.properties ?? {});
  const isTable = ([, node]: [string, SchemaNode]): boolean => node.properties !== undefined || node.items?.properties !== undefined;
  const sections = top.filter(isTable).map(([name, node]) => {
    const heading = node.items ? `[[${name}]]` : `[${name}]`;
    return `## \`${heading}\`\n\n${node.description ?? ''}\n\n${table(node.items ?? node, [name])}`;
  });
  const plain = top.filter((entry) => !isTable(entry));
  const head = `## Top level\n\n${table({ properties: Object.fromEntries(plain) }, [])}`;
  return `${[INTRO, head, ...sections, EXAMPLE].join('\n').trimEnd()}\n`;
}

function table(node: SchemaNode, prefix: readonly string[]): string {
  const rows = Object.entries(node.properties ?? {}).map(([name, child]) => {
    const path = [...prefix, name].join('.');
    const flag = CONFIG_FLAGS.find(({ key }) => key.join('.') === path);
    const isRequired = node.required?.includes(name) ?? false;
    const fallback = child.default === undefined ? (isRequired ? 'required' : '') : `\`${JSON.stringify(child.default)}\``;
    return `| \`${name}\` | ${expectation(child)} | ${fallback} | ${flag ? `\`${flag.flag}\`` : ''} | ${child.description ?? ''} |`;
  });
  return ['| Key | Value | Default | Flag | Meaning |', '|---|---|---|---|---|', ...rows, ''].join('\n');
}
