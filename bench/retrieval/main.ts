import { readFileSync, writeFileSync } from 'node:fs';
import { CHANNELS, type Channel, combine, EMBEDDING_VERSION, type Embedding, embed } from '@codeoptima/embedding';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { buildLabelledSet, type LabelledSet } from './labelled-set.ts';
import { type Answered, answer, byPattern, differenceInterval, macro } from './scores.ts';
import { cosine, tfIdf, tokenRunsOf, wordsOf } from './tf-idf.ts';

const HELP = `usage: sh scripts/in-node.sh bench/retrieval/main.ts [--tuning] [--by-pattern] [--write]

Retrieval quality of the embedding on a labelled set built from seeded templates and the rules' examples: a function is asked, functions
with the same slow pattern, written differently and about something else, are to be found. Prints a table per half of the patterns.

  --tuning       show only the half that choices may be made on
  --by-pattern   add recall@5 of each pattern of that half
  --write        put the table into docs/embeddings.md`;

const flag = { type: 'boolean', default: false } as const;
const { values } = scriptArguments({ name: 'retrieval', help: HELP, options: { tuning: flag, 'by-pattern': flag, write: flag } });
const SEED = 20261;
const BASELINE = 'TF-IDF, words';

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
};

function methodsOf(set: LabelledSet): Record<string, Answered[]> {
  const embeddings = set.specimens.map(({ source, language, context }) => embed({ source, language, context }));
  const combined = embeddings.map((embedding) => combine(embedding));
  const nothing = new Float32Array();
  const channel = (name: Channel) =>
    answer(set.specimens, (a, b) => dot((embeddings[a] as Embedding)[name], (embeddings[b] as Embedding)[name]));
  const sparse = (terms: (text: string) => string[]) => {
    const vectors = tfIdf(
      set.specimens.map(({ source }) => source),
      terms,
    );
    return answer(set.specimens, (a, b) => cosine(vectors[a] ?? new Map(), vectors[b] ?? new Map()));
  };
  return {
    combined: answer(set.specimens, (a, b) => dot(combined[a] ?? nothing, combined[b] ?? nothing)),
    ...Object.fromEntries((Object.keys(CHANNELS) as Channel[]).map((name) => [`channel ${name}`, channel(name)])),
    [BASELINE]: sparse(wordsOf),
    'TF-IDF, runs of tokens': sparse(tokenRunsOf),
  };
}

function table(methods: Record<string, Answered[]>, belongs: (pattern: string) => boolean): string {
  const of = (answers: readonly Answered[], figure: 'recall' | 'reciprocal') =>
    byPattern(
      answers.filter(({ pattern }) => belongs(pattern)),
      figure,
    );
  const rows = Object.entries(methods).map(([name, answers]) => {
    const cells = (['recall', 'reciprocal'] as const).flatMap((figure) => {
      const { mean, low, high } = differenceInterval(of(answers, figure), of(methods[BASELINE] ?? [], figure), SEED);
      const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
      return [macro(of(answers, figure)).toFixed(3), name === BASELINE ? '' : `${signed(mean)} [${signed(low)}, ${signed(high)}]`];
    });
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  return ['| Method | Recall@5 | to the baseline | MRR | to the baseline |', '|---|---|---|---|---|', ...rows].join('\n');
}

const set = buildLabelledSet(SEED);
const labelled = set.specimens.filter(({ pattern }) => pattern !== null);
const languages = Object.entries(Object.groupBy(labelled, ({ language }) => language)).map(
  ([language, list]) => `${language} ${list.length}`,
);
const methods = methodsOf(set);
const text = [
  `${set.patterns.length} patterns, ${labelled.length} functions (${languages.join(', ')}) and ${set.specimens.length - labelled.length} hard negatives; embedding \`${EMBEDDING_VERSION}\`, seed ${SEED}.`,
  `The ${set.patterns.length - set.held_out.size} patterns on which features and weights were chosen:`,
  table(methods, (pattern) => !set.held_out.has(pattern)),
  ...(values.tuning
    ? []
    : [`The ${set.held_out.size} patterns that were held out:`, table(methods, (pattern) => set.held_out.has(pattern))]),
].join('\n\n');
console.log(text);

if (values['by-pattern']) {
  const means = [...byPattern(methods['combined'] ?? [], 'recall')]
    .filter(([pattern]) => !set.held_out.has(pattern))
    .sort((a, b) => a[1] - b[1]);
  for (const [pattern, recall] of means) console.log(recall.toFixed(2), pattern);
}

if (values.write) {
  const page = new URL('../../docs/embeddings.md', import.meta.url);
  const [head, rest = ''] = readFileSync(page, 'utf8').split('<!-- retrieval -->\n');
  const tail = rest.split('<!-- /retrieval -->')[1] ?? '';
  writeFileSync(page, `${head}<!-- retrieval -->\n\n${text}\n\n<!-- /retrieval -->${tail}`);
}
