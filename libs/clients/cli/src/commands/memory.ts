import { plural } from '@codeoptima/contracts';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Memory } from '@codeoptima/contracts/memory';
import { functionsOf, languageOfPath } from '@codeoptima/embedding';
import { wireLanguage } from '@codeoptima/experience';
import type { MemoryClient, RecallQuery } from '@codeoptima/memory';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { badInput } from '../errors.ts';
import { fieldOf, lineOf, type MemoryLine, parseLines } from '../memory/line.ts';
import { projectAt, withMemory } from '../memory/session.ts';
import { columns, oneLine, printable } from '../text.ts';
import { type CliCommand, type CommonOptions, dataDir, printJson, withCommon } from './options.ts';

interface ReadOptions extends CommonOptions {
  kind?: string;
  repository?: string;
}

interface SearchOptions extends ReadOptions {
  code?: string;
  function?: string;
  limit: string;
}

interface ForgetOptions extends ReadOptions {
  yes?: boolean;
}

const HELP = `
The memory keeps what runs and people have learned, for all repositories of this data directory:
  verdict   a candidate that was judged: rule, function before and after, gain, reason, runtime
  pattern   a change for speed from a history ("codeoptima mine")
Runs recall it: what worked on similar code is tried earlier, and what fell on the very same code and runtime is not tried again.

Examples:
  codeoptima memory search "lookup in a loop"
  codeoptima memory search --code src/cart.js --function total
  codeoptima memory search --kind verdict --json
  codeoptima memory show 3f2a…                   code before and after, and why
  codeoptima memory forget 3f2a…                 the idea may be tried again
  codeoptima memory export all.jsonl; codeoptima memory import all.jsonl --data-dir /elsewhere
`;

export const memoryCommand: CliCommand = {
  register(program, context) {
    const memory = program
      .command('memory')
      .summary('look at what is remembered, move it, forget it')
      .description('What earlier runs and histories taught.')
      .addHelpText('after', HELP);
    const at = (command: Command): Command =>
      withCommon(command)
        .option('--kind <kind>', 'only this kind: verdict or pattern')
        .option('--repository <repo>', 'as this repository sees it (default: the current folder); what others share is seen too');
    at(memory.command('search'))
      .description('Finds memories that speak of a text, or are of code like a function; without either, lists them.')
      .argument('[text]', 'what it is about')
      .option('--code <file>', 'like the code in this file')
      .option('--function <name>', 'with --code: like this function of it')
      .option('--limit <n>', 'how many', '10')
      .action((text: string | undefined, options: SearchOptions) => search(text, options, context));
    at(memory.command('show'))
      .description('Shows one memory whole.')
      .argument('<id>', 'id from search')
      .action((id: string, options: ReadOptions) => show(id, options, context));
    at(memory.command('forget'))
      .description('Removes memories by id, or all of a kind of one repository.')
      .argument('[ids...]', 'ids from search')
      .option('--yes', 'do not ask before all of a kind are removed')
      .action((ids: string[], options: ForgetOptions) => forget(ids, options, context));
    at(memory.command('export'))
      .description('Writes memories as JSON lines.')
      .argument('[file]', 'file (default: stdout)')
      .action((file: string | undefined, options: ReadOptions) => exportTo(file, options, context));
    withCommon(memory.command('import'))
      .description('Keeps memories that export or mine --out wrote; what is there already stays as it is.')
      .argument('<file>', 'file of JSON lines')
      .action((file: string, options: CommonOptions) => importFrom(file, options, context));
  },
};

const filterOf = ({ kind }: ReadOptions): RecallQuery['filter'] => ({ kinds: kind === undefined ? [] : [kind] });

const projectFor = ({ repository }: ReadOptions, context: CliContext): Promise<string> =>
  repository === undefined ? projectAt('', context.cwd) : projectAt(repository, resolve(context.cwd, repository));

async function search(text: string | undefined, options: SearchOptions, context: CliContext): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200)
    throw badInput(`--limit must be a whole number from 1 to 200, found "${options.limit}".`);
  if (text !== undefined && options.code !== undefined) throw badInput('Give a text or --code, not both.');
  const query = options.code === undefined ? null : await codeQuery(options.code, options.function, context);
  const project = await projectFor(options, context);
  const results = await withMemory(context, dataDir(options, context), async ({ of }): Promise<Found[]> => {
    if (text !== undefined) return byWords(await everything(of(project), options), text, context.now()).slice(0, limit);
    const asked = { filter: filterOf(options), limit, includeShared: true };
    const found = (await of(project).recall(query === null ? asked : { ...asked, query })).results;
    return found.flatMap(({ memory, score }) =>
      memory ? [{ ...lineOf(memory, context.now()), score: Math.round(score * 1000) / 1000 }] : [],
    );
  });
  if (options.json === true) {
    printJson(context, { results });
    return;
  }
  if (results.length === 0) {
    context.out('Nothing like it is remembered. Runs remember their verdicts; "codeoptima mine REPO" learns from a history.\n');
    return;
  }
  const isList = text === undefined && query === null;
  const rows = results.map((line) => [line.id, isList ? '' : line.score.toFixed(2), line.kind, headOf(line)]);
  context.out(`${columns([['ID', isList ? '' : 'LIKE', 'KIND', 'WHAT'], ...rows])}\n`);
}

type Found = MemoryLine & { score: number };

/** Memories that hold words of a text in their message, rule, names or reason, by the share of the words they hold. */
function byWords(memories: readonly Memory[], text: string, now_ms: number): Found[] {
  const words = [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])];
  const found = memories.flatMap((memory): Found[] => {
    const line = lineOf(memory, now_ms);
    const fields = ['rule', 'symbol', 'title', 'reason', 'verdict', 'commit', 'repository'].map((name) => fieldOf(line.data, name));
    const said = [line.text, line.path, ...fields].join(' ').toLowerCase();
    const score = words.filter((word) => said.includes(word)).length / Math.max(1, words.length);
    return score > 0 ? [{ ...line, score }] : [];
  });
  return found.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

async function codeQuery(path: string, name: string | undefined, context: CliContext): Promise<NonNullable<RecallQuery['query']>> {
  const language = languageOfPath(path);
  if (language === null) throw badInput(`${path} is no JavaScript, TypeScript, Python or C++ source.`);
  const source = await readFile(resolve(context.cwd, path), 'utf8').catch(() => null);
  if (source === null) throw badInput(`${path} cannot be read.`);
  const functions = functionsOf(source, language);
  const chosen = name === undefined ? source : functions.find((one) => one.name === name)?.source;
  if (chosen === undefined)
    throw badInput(`${path} has no function "${name}"; it has ${functions.map((one) => one.name).join(', ') || 'none'}.`);
  return { case: 'code', value: { source: chosen, language: wireLanguage(language), path } };
}

function headOf({ data, text, project }: MemoryLine): string {
  const what = data['rule'] === undefined ? fieldOf(data, 'commit').slice(0, 10) : `${fieldOf(data, 'rule')} ${fieldOf(data, 'verdict')}`;
  return `${printable(what)} in ${printable(fieldOf(data, 'symbol'))} (${project}): ${oneLine(text, 80)}`;
}

async function byId(client: MemoryClient, id: string): Promise<Memory> {
  if (!/^[0-9a-f-]{36}$/i.test(id)) throw badInput(`"${id}" is no id of a memory: "codeoptima memory search" lists them.`);
  const [found] = (await client.recall({ query: { case: 'ids', value: { ids: [id] } }, includeShared: true })).results;
  if (!found?.memory) throw badInput(`There is no memory ${id}, or another repository keeps it to itself.`, { id });
  return found.memory;
}

async function show(id: string, options: ReadOptions, context: CliContext): Promise<void> {
  const project = await projectFor(options, context);
  const memory = await withMemory(context, dataDir(options, context), ({ of }) => byId(of(project), id));
  const line = lineOf(memory, context.now());
  if (options.json === true) {
    printJson(context, line);
    return;
  }
  const { after, ...data } = line.data;
  const facts = Object.entries(data).map(([name, value]): [string, string] => [
    name,
    printable(typeof value === 'string' ? value : JSON.stringify(value)),
  ]);
  const head = columns([['id', line.id], ['kind', line.kind], ['text', printable(line.text)], ...facts]);
  const code = (title: string, source: string): string => `\n${title}\n${printable(source).replace(/^/gm, '  ')}\n`;
  context.out(`${head}\n${code('before', line.source)}${typeof after === 'string' ? code('after', after) : ''}`);
}

async function forget(ids: readonly string[], options: ForgetOptions, context: CliContext): Promise<void> {
  if (ids.length === 0 && options.kind === undefined) throw badInput('Say what to forget: ids, or --kind with --repository.');
  const project = await projectFor(options, context);
  const forgotten = await withMemory(context, dataDir(options, context), async (session) => {
    if (ids.length === 0) {
      const all = (await everything(session.of(project), options)).filter((memory) => memory.project === project);
      const sure =
        all.length === 0 || options.yes === true || (await context.confirm(`Forget ${plural(all.length, 'memory')} of ${project}?`));
      if (!sure) throw badInput('Nothing was forgotten: confirm, or give --yes.');
      return all.length === 0
        ? 0
        : session.forget(
            all.map(({ id }) => id),
            project,
          );
    }
    let gone = 0;
    for (const id of ids) gone += await session.forget([id], (await byId(session.of(project), id)).project);
    return gone;
  });
  if (options.json === true) printJson(context, { forgotten });
  else context.out(`${forgotten} forgotten.\n`);
}

const PAGE = 100;

/** All that a project sees, page by page. */
async function everything(client: MemoryClient, options: ReadOptions): Promise<Memory[]> {
  const found: Memory[] = [];
  let page_token = '';
  do {
    const page = await client.recall({ filter: filterOf(options), limit: PAGE, includeShared: true, pageToken: page_token });
    found.push(...page.results.flatMap(({ memory }) => memory ?? []));
    page_token = page.nextPageToken;
  } while (page_token !== '');
  return found;
}

async function exportTo(file: string | undefined, options: ReadOptions, context: CliContext): Promise<void> {
  const project = await projectFor(options, context);
  const memories = await withMemory(context, dataDir(options, context), ({ of }) => everything(of(project), options));
  const now_ms = context.now();
  const text = memories.map((memory) => `${JSON.stringify(lineOf(memory, now_ms))}\n`).join('');
  if (file === undefined) {
    context.out(text);
    return;
  }
  const path = resolve(context.cwd, file);
  await writeFile(path, text, { mode: 0o600 });
  if (options.json === true) printJson(context, { exported: memories.length, file: path });
  else context.out(`${plural(memories.length, 'memory')} written to ${path}.\n`);
}

async function importFrom(file: string, options: CommonOptions, context: CliContext): Promise<void> {
  const text = await readFile(resolve(context.cwd, file), 'utf8').catch(() => null);
  if (text === null) throw badInput(`${file} cannot be read: give a file that "codeoptima memory export" wrote.`);
  const lines = parseLines(text, file);
  const kept =
    lines.length === 0
      ? { added: 0, known: 0, expired: 0 }
      : await withMemory(context, dataDir(options, context), ({ keep }) => keep(lines));
  if (options.json === true) printJson(context, kept);
  else {
    const expired = kept.expired === 0 ? '' : `, ${kept.expired} left out since their time is over`;
    context.out(`${kept.added} added, ${kept.known} known before${expired}.\n`);
  }
}
