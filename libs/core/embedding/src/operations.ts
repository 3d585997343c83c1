import { effectOfCall, family } from './effects.ts';
import type { Language } from './language.ts';
import { loopDepth, type PlacedToken } from './nesting.ts';
import { type Roles, rolesOf } from './roles.ts';

/** Something the code does, in the order of the text. */
export interface Operation {
  effect: string;
  /** Loops around it. */
  depth: number;
  /** What it works on: `element` of the innermost loop, `grown` by a loop, `fixed` while the loop runs, `fresh` from another call. */
  role: string;
  /** Number of the statement it stands in. */
  statement: number;
}

/** Text of the token at a place; '' beyond the ends. */
type At = (index: number) => string;

/** What the code does that may cost time. A sketch from tokens: wrong now and then, never an error. */
export function operationsOf(tokens: readonly PlacedToken[], language: Language): Operation[] {
  const at: At = (index) => tokens[index]?.token.text ?? '';
  const roles = rolesOf(tokens);
  const accumulators = accumulatorsOf(tokens, at);
  const found: Operation[] = [];
  let statement = 0;
  let forsOpen = 0;
  for (const [index, { token, scopes, starts_line }] of tokens.entries()) {
    if (token.text === ';' || token.text === '{' || token.text === '}' || (language === 'python' && starts_line)) statement++;
    if (language === 'python' && token.text === 'for') forsOpen++;
    const belongsToFor = language === 'python' && token.text === 'in' && forsOpen > 0;
    if (belongsToFor) forsOpen--;
    const effects = token.kind === 'text' || belongsToFor ? [] : effectsAt(tokens, index, at, language);
    if (grows(index, at, accumulators)) effects.push(at(index) === 'concat' || inList(index, at) ? 'grow_list' : 'grow_object');
    const depth = Math.min(3, loopDepth(scopes));
    for (const effect of effects) found.push({ effect, depth, role: roleAt(index, at, tokens, roles, depth), statement });
  }
  return found;
}

function effectsAt(tokens: readonly PlacedToken[], index: number, at: At, language: Language): string[] {
  const token = tokens[index]?.token;
  if (token === undefined) return [];
  if (token.kind === 'name') return ofName(index, at, language);
  if (token.kind === 'keyword') return ofKeyword(index, at, language);
  switch (token.text) {
    case '...':
      return ['copy_all'];
    case '%':
      return ['remainder'];
    case '[':
      return ofIndex(tokens, index, at);
    case '=':
      return ofAssignment(tokens, index, at);
    case '+=':
      return [/^['"`]/.test(at(index + 1)) || at(index + 1) === 'str' ? 'append_text' : 'add'];
    case '<<':
      return at(index - 1) === 'cout' ? ['write_out'] : [];
    case '?.':
      return [];
    default:
      return [];
  }
}

function ofName(index: number, at: At, language: Language): string[] {
  const name = at(index);
  if (name === 'endl') return ['write_out'];
  if (name === 'length' && at(index + 1) !== '(') return ['length'];
  const constructed = at(index + 1) !== '(' && language === 'cpp' && /^(regex|ostringstream|ifstream|stringstream)$/.test(name);
  if (!constructed && !isCall(index, at)) return [];
  const method = at(index - 1) === '.' || at(index - 1) === '->' || at(index - 1) === '?.';
  const effect = constructed ? effectOfCall(name, false, language) : (byArguments(name, index, at) ?? effectOfCall(name, method, language));
  return effect === null ? [] : [effect];
}

/** `f(` and `f<T>(`. */
const isCall = (index: number, at: At): boolean =>
  at(index + 1) === '(' || (at(index + 1) === '<' && at(index + 3) === '>' && at(index + 4) === '(');

/** Calls whose first arguments decide what they do: the front, the middle or the end of a list. */
function byArguments(name: string, index: number, at: At): string | null {
  const first = at(index + 2);
  const isFront = first === '0' || (at(index + 4) === 'begin' && at(index + 6) === ')' && (at(index + 7) === ')' || at(index + 7) === ','));
  switch (name) {
    case 'pop':
      return isFront ? 'take_front' : 'take_last';
    case 'insert':
      return isFront ? 'put_front' : 'insert';
    case 'erase':
      return isFront ? 'take_front' : 'remove';
    case 'splice':
      return isFront ? (at(index + 4) === '0' ? 'put_front' : 'take_front') : 'remove';
    case 'at':
      return first === '-' ? 'take_last' : null;
    case 'keys':
    case 'values':
    case 'entries':
      return 'list_keys';
    default:
      return null;
  }
}

function ofKeyword(index: number, at: At, language: Language): string[] {
  switch (at(index)) {
    case 'in':
      return family(language) === 'python' ? ['search'] : at(index - 1) === ')' || at(index - 2) === '(' ? ['hash_look_up'] : [];
    case 'await':
      return ['wait'];
    case 'catch':
    case 'except':
      return ['catch'];
    case 'throw':
    case 'raise':
      return ['throw'];
    case 'set':
    case 'get':
      return at(index - 1) === '.' && at(index + 1) === '(' ? [at(index) === 'set' ? 'hash_put' : 'hash_look_up'] : [];
    case 'from':
      return at(index - 1) === '.' && at(index + 1) === '(' ? ['copy_all'] : [];
    case 'del':
      return ['remove'];
    default:
      return [];
  }
}

/** An index, a slice, a comprehension, a destructuring, or a list. */
function ofIndex(tokens: readonly PlacedToken[], index: number, at: At): string[] {
  const before = tokens[index - 1]?.token;
  const onValue = before !== undefined && (before.kind === 'name' || before.text === ')' || before.text === ']');
  if (!onValue) {
    const closed = closing(tokens, index);
    const inside = tokens.slice(index + 1, closed).map(({ token }) => token.text);
    if (inside.includes('for')) return [inside.includes('if') ? 'filter' : 'map'];
    return /^(const|let|var)$/.test(at(index - 1)) && /^[\w$]+$/.test(at(index + 1)) ? ['take_first'] : [];
  }
  if (at(index + 1) === '0' && at(index + 2) === ']') return ['take_first'];
  if (at(index + 1) === '-' && at(index + 3) === ']') return ['take_last'];
  if (/^\d+$/.test(at(index + 1)) && at(index + 2) === ']') return ['take_at'];
  const inside = tokens.slice(index + 1, Math.min(closing(tokens, index), index + 12)).map(({ token }) => token.text);
  if (inside.join('') === '::-1') return ['reverse'];
  if (inside.includes(':') || inside[0] === '::') return ['copy_part'];
  return inside.includes('length') && inside.includes('-') ? ['take_last'] : ['index'];
}

const LOOK_AHEAD = 60;

/** Place of the bracket that closes the one at `index`, or the end of the look-ahead. */
function closing(tokens: readonly PlacedToken[], index: number): number {
  let open = 0;
  for (let place = index; place < Math.min(tokens.length, index + LOOK_AHEAD); place++) {
    const text = tokens[place]?.token.text ?? '';
    if (text === '[' || text === '(' || text === '{') open++;
    else if ((text === ']' || text === ')' || text === '}') && --open === 0) return place;
  }
  return Math.min(tokens.length, index + LOOK_AHEAD);
}

/** `x = … x …`: the whole of it is made anew to add to it or to cut from it. */
function ofAssignment(tokens: readonly PlacedToken[], index: number, at: At): string[] {
  const name = at(index - 1);
  if (tokens[index - 1]?.token.kind !== 'name') return [];
  const right: string[] = [];
  for (let place = index + 1; place < Math.min(tokens.length, index + 24); place++) {
    const text = at(place);
    if (text === ';' || (tokens[place]?.starts_line && !/^[.)}\]]/.test(text))) break;
    right.push(text);
  }
  const own = right.indexOf(name);
  if (own < 0) return [];
  const copies = right.includes('...') || right.includes('**') || right.includes('assign');
  if (copies) return [right.includes('{') ? 'grow_object' : 'grow_list'];
  if (right.includes('concat')) return [right.includes('Buffer') ? 'grow_text' : 'grow_list'];
  if (right.includes('slice') || right.includes('substring') || right.includes('substr') || (right[own + 1] === '[' && right.includes(':')))
    return ['self_cut'];
  const isSum = right[own + 1] === '+' || right[own - 1] === '+';
  return isSum && !/^\d/.test(right[own + 2] ?? '') ? [right.includes('[') && right[own + 2] === '[' ? 'grow_list' : 'grow_text'] : [];
}

/** First parameters of the callbacks of `reduce`. */
function accumulatorsOf(tokens: readonly PlacedToken[], at: At): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [index, { token }] of tokens.entries())
    if (/^reduce(Right)?$/.test(token.text) && at(index + 2) === '(') names.add(at(index + 3));
  return names;
}

/** An accumulator of `reduce` that is copied whole at each turn. */
function grows(index: number, at: At, accumulators: ReadonlySet<string>): boolean {
  if (accumulators.size === 0) return false;
  if (at(index) === '...') return accumulators.has(at(index + 1));
  return at(index) === 'concat' && accumulators.has(at(index - 2));
}

const inList = (index: number, at: At): boolean => at(index - 1) === '[' || at(index - 1) === ',';

/** Role of what an operation at a place works on. */
function roleAt(index: number, at: At, tokens: readonly PlacedToken[], roles: Roles, depth: number): string {
  const text = at(index);
  if (text === 'in') return roles(at(index + 1), depth);
  if (text === '...') return tokens[index + 1]?.token.kind === 'name' ? roles(at(index + 1), depth) : 'fresh';
  if (text === '=' || text === '[' || text === '+=') return roles(at(index - 1), depth);
  const before = at(index - 1);
  if (before === '.' || before === '->' || before === '?.')
    return tokens[index - 2]?.token.kind === 'name' ? roles(rootOf(index - 2, at), depth) : 'fresh';
  return tokens[index + 2]?.token.kind === 'name' ? roles(at(index + 2), depth) : 'fresh';
}

function rootOf(index: number, at: At): string {
  let root = index;
  while (root > 1 && (at(root - 1) === '.' || at(root - 1) === '->')) root -= 2;
  return at(root);
}
