import { loadCatalogue } from './load-catalogue.ts';
import type { Rule } from './rule.ts';

/** Rewrites that are often recommended and measured slower or neutral; no rule proposes them. Ratio old/new, below 1 is slower. */
const NOT_PROPOSED: readonly [what: string, ratio: string, measured: string][] = [
  ['`[...iter].map(f)` → `Array.from(iter, f)`', '0.50 to 0.57 on Set and Array sources', 'Node 20'],
  ['`a.localeCompare(b)` → one `Intl.Collator`', '0.41 to 0.46', 'Node 20'],
  ['`for…in` with `hasOwnProperty` → `Object.keys`', '0.02 to 0.23', 'Node 20'],
  ['text built by `+=` → `array.join`', '0.4 to 0.64', 'Node 20'],
  ['clone by JSON → `structuredClone`', '0.84', 'Node 20'],
  ['`Math.max(...list)` → loop', 'about 0.6 (one run)', 'Node 20'],
  ['`indexOf` → `includes`', '0.64 (one run)', 'Node 20'],
  ['`includes` in a loop → Set, at 8 elements', '0.5; hence the guard at 32', 'Node 20'],
  ['`find` in a loop → Map, at 8 elements', '0.2; hence the guard at 64', 'Node 20'],
  ['`query.toLowerCase()` moved out of a callback', '0.83 to 0.96; the compiler moves it itself', 'Node 24'],
  ['flat array literal → frozen constant of the module', '0.84 to 0.92; literals are copied on write', 'Node 24'],
];

const HEAD = `# Rules

A rule proposes; it never claims. Whether a rewrite is faster here, on these sizes and this runtime, is for the verifier to prove, and what it
cannot prove is not accepted. This page is written from the rule files in \`libs/core/rules/catalogue/\` (\`npm run generate\`).

| Class | Meaning |
|---|---|
| safe | equal for every input that the preconditions let through |
| guarded | keeps the old path behind a check where the new one would be wrong or slow |
| assumes | needs something that cannot be proved from the file; the candidate says what, and the verifier looks for a counter-example |

A precondition that can only be proved in part turns a *safe* or *guarded* match into one that *assumes*, and the sentence is shown with the
candidate.

## What every rule takes for granted

- Reading a property has no effect that matters (getters and proxies that count or change things are not looked for).
- A method with a name of the language's own (\`trim\`, \`push\`, \`map\`) does what the language's method does. Names that are everyday words
  (\`get\`, \`has\`, \`format\`) are trusted only when the receiver's type is proved.
- TypeScript annotations are right.
- Arrays do not override the methods of Array, and other objects do not ask \`concat\` to spread them.

Files that use \`eval\` or \`with\` are left alone, and so is every rewrite that would lose a comment, change more than 60 lines, or not parse.
`;

const cell = (text: string): string => text.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');

function ruleSection(rule: Rule): string {
  const [example] = rule.fixtures.fires;
  const steps = rule.where.map((step) => `${step.into === null ? '' : `$${step.into} = `}${[step.name, ...step.args].join(' ')}`);
  const language = example?.language ?? 'js';
  const count = rule.fixtures.fires.length + rule.fixtures.refuses.length + rule.fixtures.behaves.length;
  return [
    `### ${rule.id}`,
    `*${rule.title}* · ${rule.safety} · ${count} fixtures, ${rule.fuzz.length} random programs`,
    cell(rule.explanation),
    `**Gain** (old/new): ${rule.gain.small} on small inputs, ${rule.gain.large} on large ones; ${cell(rule.gain.note)}.`,
    `**Risk**: ${cell(rule.risk)}${rule.assumption === undefined ? '' : ` Assumes that ${rule.assumption}.`}`,
    `\`\`\`${language}\n${example?.before.trimEnd()}\n\`\`\`\nbecomes\n\`\`\`${language}\n${example?.after.trimEnd()}\n\`\`\``,
    `Does not fire, for example: ${rule.fixtures.refuses.map((fixture) => fixture.name).join('; ')}.`,
    `<details><summary>Preconditions and bindings</summary>\n\n\`\`\`\n${steps.join('\n')}\n\`\`\`\n\n</details>`,
  ].join('\n\n');
}

/** The page docs/rules.md. */
export function rulesReference(): string {
  const rules = loadCatalogue();
  const table = rules.map(
    (rule) => `| [${rule.id}](#${rule.id}) | ${cell(rule.title)} | ${rule.safety} | ${rule.gain.small} | ${rule.gain.large} |`,
  );
  return [
    HEAD,
    `## All ${rules.length} rules\n`,
    "Ratios are old/new of the rule's first example, small and large, by `bench/rules/main.ts` unless the note says otherwise: one loaded 2-core machine. They order the candidates and claim nothing.\n",
    `| Rule | What it does | Class | Small | Large |\n|---|---|---|---|---|\n${table.join('\n')}\n`,
    '## Never proposed\n',
    'These rewrites are common advice and measured slower or neutral; ratios below 1 are slower.\n',
    `| Rewrite | Ratio | On |\n|---|---|---|\n${NOT_PROPOSED.map(([what, ratio, on]) => `| ${cell(what)} | ${ratio} | ${on} |`).join('\n')}\n`,
    'Awaiting independent work one after another in a loop is not rewritten either: order of errors and rate limits are for people to judge.\n',
    '## Each rule\n',
    `${rules.map(ruleSection).join('\n\n')}\n`,
  ].join('\n');
}
