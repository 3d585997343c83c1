import type { Language } from '@codeoptima/embedding';

/** Seeded generator (mulberry32): numbers from 0 to below 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Domain {
  folder: string;
  fn: readonly string[];
  list: readonly string[];
  item: readonly string[];
  key: readonly string[];
  out: readonly string[];
  n: readonly string[];
}

const words = (text: string): string[] => text.split(' ');

/** What code is about. Every pattern is rendered in several, so a word of a domain says nothing about the pattern. */
export const DOMAINS: readonly Domain[] = [
  [
    'billing',
    'collectInvoices settleAccounts openCharges reconcile',
    'invoices payments charges accounts',
    'invoice payment charge account',
    'amount customerId dueDate',
    'settled balance ledger',
    'limit quota',
  ],
  [
    'catalogue',
    'matchProducts listOffers visibleItems pickVariants',
    'products offers variants shelves',
    'product offer variant shelf',
    'sku price brandId',
    'shown basket picked',
    'budget maximum',
  ],
  [
    'logs',
    'scanEntries tailLines summarise findTraces',
    'entries records lines traces',
    'entry record line trace',
    'timestamp level host',
    'report kept summary',
    'threshold window',
  ],
  [
    'geo',
    'nearbyStations routeStops mergeTiles trackPoints',
    'stations stops tiles points',
    'station stop tile point',
    'latitude zoneId distance',
    'route covered visited',
    'radius depth',
  ],
  [
    'games',
    'livingUnits moveTokens scoreBoards spawnWaves',
    'units tokens boards waves',
    'unit token board wave',
    'health team rank',
    'survivors scores moves',
    'turn power',
  ],
  [
    'mail',
    'threadMessages unreadLetters pruneDrafts inboxView',
    'messages letters drafts folders',
    'message letter draft folder',
    'subject senderId size',
    'unread digest thread',
    'pages capacity',
  ],
  [
    'schools',
    'enrolPupils gradeExams seatPlan termOverview',
    'pupils exams courses teachers',
    'pupil exam course teacher',
    'grade courseId age',
    'enrolled passed plan',
    'minimum seats',
  ],
  [
    'build',
    'resolveModules orderTargets walkGraph staleOutputs',
    'modules targets packages edges',
    'module target bundle edge',
    'version digest weight',
    'resolved stale order',
    'level budget',
  ],
  [
    'health',
    'dueVisits screenPatients doseTable wardRounds',
    'patients visits doses wards',
    'patient visit dose ward',
    'age bloodGroup interval',
    'screened due chart',
    'cutoff days',
  ],
  [
    'audio',
    'mixTracks cueSamples renderFrames findPeaks',
    'tracks samples frames cues',
    'track sample frame cue',
    'gain pitch offset',
    'mixed peaks buffer',
    'channels rate',
  ],
].map(([folder = '', fn = '', list = '', item = '', key = '', out = '', n = '']) => ({
  folder,
  fn: words(fn),
  list: words(list),
  item: words(item),
  key: words(key),
  out: words(out),
  n: words(n),
}));

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export function pick<T>(random: () => number, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new Error('nothing to pick from');
  return chosen;
}

/** Lines that change nothing about the pattern: checks, a tally, a trace. `@list` is only used when the template has one. */
const NOISE: Record<'js' | 'python' | 'cpp', readonly string[]> = {
  js: [
    "if (!@list) throw new TypeError('@list is missing');",
    'let seenSoFar = 0;\nfor (const each of @list) seenSoFar += each.weight || 1;\nif (seenSoFar > 1e9) return null;',
    "const label = '@fn:' + @list.length;\nif (label === '') debug(label);",
    "if (@list.length > 1e7) console.warn('@list is very long');",
  ],
  python: [
    'if @list is None:\n    raise TypeError("@list is missing")',
    'seen_so_far = 0\nfor each in @list:\n    seen_so_far += each.weight\nif seen_so_far > 10**9:\n    return None',
    'logger.debug("@fn with %d", len(@list))',
  ],
  cpp: [
    'if (@list.size() > 10000000) std::cerr << "@list is very long";',
    'long seenSoFar = 0;\nfor (const auto& each : @list) seenSoFar += weightOf(each);\nassert(seenSoFar >= 0);',
    'const auto label = std::string("@fn");\ntrace(label);',
  ],
};

const indent = (text: string, by: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : by + line))
    .join('\n');

function withNoise(template: string, kind: 'js' | 'python' | 'cpp', random: () => number): string {
  const lines = template.trimEnd().split('\n');
  if (!template.includes('@list') || random() < 0.4) return lines.join('\n');
  const first = kind === 'python' ? lines[0]?.endsWith(':') : lines[0]?.endsWith('{');
  if (!first || /^const /.test(lines[0] ?? '')) return lines.join('\n');
  return [lines[0], indent(pick(random, NOISE[kind]), kind === 'python' ? '    ' : '  '), ...lines.slice(1)].join('\n');
}

/** The same function as a declaration, an arrow function or a method; with types or without. */
function dressJs(text: string, random: () => number): { text: string; language: Language } {
  const head = /^(async )?function (\w+)\(([^{}[\]]*)\) \{/.exec(text);
  if (!head) return { text, language: 'js' };
  const [whole, async = '', name, params = ''] = head;
  const typed = random() < 0.4;
  const list = typed
    ? params
        .split(', ')
        .filter(Boolean)
        .map((param) => (param.includes('=') ? param : `${param}: any`))
        .join(', ')
    : params;
  const body = text.slice(whole.length);
  const language = typed ? 'ts' : 'js';
  const recursive = text.indexOf(`${name}(`, whole.length) >= 0;
  const dress = recursive ? 0 : random();
  if (dress < 0.5) return { text: `${random() < 0.3 ? 'export ' : ''}${async}function ${name}(${list}) {${body}`, language };
  if (dress < 0.75) return { text: `const ${name} = ${async}(${list}) => {${body};`, language };
  return { text: indent(`${async}${name}(${list}) {${body}`, '  '), language };
}

export interface Rendering {
  source: string;
  language: Language;
  domain: Domain;
}

/** A template with names of a domain, and now and then lines that have nothing to do with the pattern. */
export function render(template: string, kind: 'js' | 'python' | 'cpp', random: () => number): Rendering {
  const domain = pick(random, DOMAINS);
  const at = Math.floor(random() * domain.list.length);
  const second = (at + 1 + Math.floor(random() * (domain.list.length - 1))) % domain.list.length;
  const names: Record<string, string> = {
    fn: pick(random, domain.fn),
    list: domain.list[at] ?? '',
    list2: domain.list[second] ?? '',
    item: domain.item[at] ?? '',
    item2: domain.item[second] ?? '',
    key: pick(random, domain.key),
    out: pick(random, domain.out),
    n: pick(random, domain.n),
  };
  const text = withNoise(template, kind, random).replace(/@(list2|item2|list|item|fn|key|out|n)\b/g, (_, slot: string) =>
    kind === 'python' ? snake(names[slot] ?? slot) : (names[slot] ?? slot),
  );
  if (kind !== 'js') return { source: text, language: kind, domain };
  const dressed = dressJs(text, random);
  return { source: dressed.text, language: dressed.language, domain };
}
