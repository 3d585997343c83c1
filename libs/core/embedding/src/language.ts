/** Languages the tokenizer knows. */
export type Language = 'js' | 'ts' | 'python' | 'cpp';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const C_LIKE = 'if else for while do switch case break continue return throw try catch new delete this default';
export const KEYWORDS: Record<Language, ReadonlySet<string>> = {
  js: words(
    `${C_LIKE} function const let var of in typeof instanceof void yield await async class extends super import export from finally static get set null undefined true false`,
  ),
  ts: words(
    `${C_LIKE} function const let var of in typeof instanceof void yield await async class extends super import export from finally static get set null undefined true false type interface readonly private public protected as satisfies`,
  ),
  python: words(
    'if elif else for while in not and or is return raise try except finally with as import from def class lambda yield await async global nonlocal pass break continue None True False',
  ),
  cpp: words(
    `${C_LIKE} auto const constexpr class struct template typename namespace using static virtual override public private protected nullptr true false void int double float bool char size_t std string vector`,
  ),
};

/** Keywords that open a loop, a branch or a function, by what they mean. */
export const LOOPS: ReadonlySet<string> = words('for while do');
export const BRANCHES: ReadonlySet<string> = words('if elif else switch case catch except ?');
export const FUNCTIONS: ReadonlySet<string> = words('function def lambda =>');

/** Methods that run a callback once an element: a loop without the keyword. */
export const ITERATORS: ReadonlySet<string> = words(
  'map forEach filter reduce reduceRight some every find findIndex findLast flatMap sort transform for_each accumulate sum any all sorted',
);

/** Library names of one meaning get one name, so that the same idea looks alike in three languages. */
export const SYNONYMS: Readonly<Record<string, string>> = {
  includes: 'search_linear',
  indexOf: 'search_linear',
  lastIndexOf: 'search_linear',
  find: 'search_linear',
  findIndex: 'search_linear',
  index: 'search_linear',
  count: 'search_linear',
  some: 'search_linear',
  count_if: 'search_linear',
  push: 'append',
  push_back: 'append',
  append: 'append',
  emplace_back: 'append',
  extend: 'append',
  concat: 'concatenate',
  '+=': 'concatenate',
  join: 'join_text',
  shift: 'take_front',
  popleft: 'take_front',
  pop_front: 'take_front',
  unshift: 'put_front',
  appendleft: 'put_front',
  insert: 'put_front',
  erase: 'take_front',
  sort: 'sort',
  sorted: 'sort',
  toSorted: 'sort',
  slice: 'copy_part',
  splice: 'copy_part',
  substr: 'copy_part',
  substring: 'copy_part',
  subarray: 'copy_part',
  parse: 'parse_text',
  loads: 'parse_text',
  stringify: 'print_text',
  dumps: 'print_text',
  RegExp: 'pattern_new',
  compile: 'pattern_new',
  regex: 'pattern_new',
  Map: 'hash_table',
  Set: 'hash_table',
  dict: 'hash_table',
  set: 'hash_table',
  unordered_map: 'hash_table',
  unordered_set: 'hash_table',
  has: 'hash_lookup',
  deepcopy: 'copy_deep',
  structuredClone: 'copy_deep',
  copy: 'copy_part',
  split: 'split_text',
  filter: 'filter',
  map: 'map',
  list: 'copy_all',
  from: 'copy_all',
  '...': 'copy_all',
  values: 'copy_all',
  keys: 'copy_all',
  entries: 'copy_all',
  items: 'copy_all',
  len: 'length',
  size: 'length',
  length: 'length',
  replace: 'replace_text',
  sub: 'replace_text',
};
