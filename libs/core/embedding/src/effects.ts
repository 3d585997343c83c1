import type { Language } from './language.ts';

const table = (lines: Record<string, string>): ReadonlyMap<string, string> =>
  new Map(Object.entries(lines).flatMap(([effect, names]) => names.split(' ').map((name): [string, string] => [name, effect])));

/** What a call does, by the name that is called. Names of one meaning in three languages share an effect. */
const CALLS = table({
  search: 'includes indexOf lastIndexOf findIndex find_if some contains',
  filter: 'filter copy_if remove_if',
  map: 'map transform flatMap',
  each: 'forEach for_each every',
  count: 'count_if',
  total: 'reduce reduceRight accumulate sum',
  append: 'push push_back append emplace_back extend',
  concatenate: 'concat assign',
  join_text: 'join',
  take_front: 'shift popleft pop_front',
  put_front: 'unshift appendleft push_front',
  take_last: 'back',
  take_first: 'front',
  remove: 'erase remove',
  sort: 'sort sorted toSorted',
  reverse: 'reverse reversed toReversed',
  copy_part: 'slice substr substring subarray',
  copy_all: 'from list copy',
  copy_deep: 'deepcopy structuredClone cloneDeep',
  parse_text: 'loads parse URL',
  parse_number: 'parseInt parseFloat Number int float stoi stod from_chars',
  print_text: 'stringify dumps serialise to_string',
  pattern_new: 'RegExp compile regex',
  pattern_use: 'test exec match matchAll regex_match regex_search search findall fullmatch finditer',
  split_text: 'split getline splitlines splitn',
  replace_text: 'replace replaceAll sub',
  prefix_test: 'startsWith startswith starts_with endsWith endswith',
  fold_case: 'toLowerCase toUpperCase lower upper toLower toUpper casefold localeCompare trim strip',
  hash_table: 'Map Set WeakMap dict set unordered_map unordered_set Counter defaultdict',
  hash_look_up: 'has hasOwn hasOwnProperty',
  hash_put: 'set add emplace setdefault insert_or_assign',
  list_keys: 'keys values entries items',
  length: 'len size strlen',
  extreme: 'max min max_element min_element',
  read_file: 'open readFileSync readFile ifstream readline',
  write_out: 'appendFileSync appendFile write writeFileSync print log endl',
  formatter_new: 'NumberFormat DateTimeFormat Collator toLocaleString toLocaleDateString ostringstream imbue locale PluralRules strftime',
  time_now: 'Date datetime getTime now',
  remote: 'fetch query execute request fetchone fetchall',
  distance: 'advance next',
  merge_bytes: 'alloc',
  reserve: 'reserve',
  heap: 'heappush heappop heapify',
  swap: 'swap',
});

/** Calls whose meaning differs from language to language. */
const CALLS_OF: Record<'js' | 'python' | 'cpp', ReadonlyMap<string, string>> = {
  js: table({ search: 'find indexOf', hash_look_up: 'get', hash_put: 'set add' }),
  python: table({ search: 'index count', search_text: 'find rfind', hash_look_up: 'get' }),
  cpp: table({ search: 'count', search_text: 'find rfind', hash_look_up: 'at', read_file: 'ifstream' }),
};

export const family = (language: Language): 'js' | 'python' | 'cpp' => (language === 'ts' ? 'js' : language);

/** Effect of calling `name`; null when nothing is known of it. `method` tells `x.name(` from `name(`. */
export function effectOfCall(name: string, method: boolean, language: Language): string | null {
  const kin = family(language);
  if (kin === 'cpp' && method && (name === 'find' || name === 'count')) return 'hash_look_up';
  if (kin === 'cpp' && !method && name === 'find') return 'search';
  if (kin !== 'js' && name === 'some') return null;
  return CALLS_OF[kin].get(name) ?? CALLS.get(name) ?? null;
}

/** How much an effect says about what is slow; others 1. Frequent ones say little. */
export const WEIGHT: Readonly<Record<string, number>> = {
  append: 0.4,
  length: 0.3,
  index: 0.3,
  total: 0.6,
  map: 0.6,
  each: 0.3,
  compare: 0.2,
  hash_put: 0.5,
  copy_all: 0.9,
  list_keys: 0.9,
  parse_number: 0.8,
  take_first: 1.2,
  sort: 1.5,
  reverse: 1.5,
  filter: 1.2,
  search: 1.4,
  take_front: 2,
  put_front: 2,
  grow_list: 2,
  grow_object: 2,
  grow_text: 2,
  self_cut: 2,
  pattern_new: 2,
  copy_deep: 2,
  formatter_new: 2,
  read_file: 1.8,
  write_out: 1.4,
  remote: 1.4,
  wait: 1.4,
  catch: 1.6,
  table_literal: 1.6,
  swap: 1.4,
  remainder: 1.4,
  hash_look_up: 1,
};

/** Effects that tell code apart but cost little: what fast code does in the place of slow. */
export const CHEAP: ReadonlySet<string> = new Set(
  'hash_look_up hash_table time_now reserve heap prefix_test throw take_last take_first pattern_use append_text'.split(' '),
);
