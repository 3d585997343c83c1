import { loopDepth, type PlacedToken } from './nesting.ts';

type Shape = [name: string, weight: number];

/** Shapes of loops, recursion and literals that no single call shows. */
export function shapesOf(tokens: readonly PlacedToken[]): Shape[] {
  return [...loopShapes(tokens), ...recursion(tokens), ...literals(tokens), ...indices(tokens)];
}

const textAt = (tokens: readonly PlacedToken[], index: number): string => tokens[index]?.token.text ?? '';
const isName = (tokens: readonly PlacedToken[], index: number): boolean => tokens[index]?.token.kind === 'name';

interface LoopHead {
  variable: string;
  depth: number;
  from: number;
  to: number;
}

/** Heads of counting and iterating loops: their variable and where their text ends. */
function headsOf(tokens: readonly PlacedToken[]): LoopHead[] {
  const heads: LoopHead[] = [];
  for (const [index, { token, scopes }] of tokens.entries()) {
    if (token.text !== 'for') continue;
    let at = index + 1;
    while (at < index + 12 && !(isName(tokens, at) && /^(of|in|=|:|,)$/.test(textAt(tokens, at + 1)))) at++;
    let to = at;
    while (to < Math.min(tokens.length, index + 40) && !/^[{:]$/.test(textAt(tokens, to)) && !tokens[to + 1]?.starts_line) to++;
    heads.push({ variable: textAt(tokens, at), depth: loopDepth(scopes), from: index, to });
  }
  return heads;
}

function loopShapes(tokens: readonly PlacedToken[]): Shape[] {
  const shapes: Shape[] = [];
  const heads = headsOf(tokens);
  for (const [index, head] of heads.entries()) {
    const words = tokens.slice(head.from, head.to).map(({ token }) => token.text);
    const outer = heads.slice(0, index).findLast(({ depth }) => depth < head.depth);
    if (outer && words.includes(outer.variable)) shapes.push(['inner loop starts or ends at the outer one', 1.5]);
    if (outer) shapes.push(['loop in a loop', 0.8]);
    if (words.includes('++') || words.includes('range')) shapes.push(['counts', 0.4]);
  }
  for (const [index, { token }] of tokens.entries()) {
    if (token.text !== 'while') continue;
    const head = tokens.slice(index, index + 10).map((placed) => placed.token.text);
    const waits = head.includes('length') || head.includes('empty') || head.includes('size') || tokens[index + 2]?.token.text === ':';
    shapes.push([waits ? 'while there is some' : 'while', 0.8]);
  }
  return shapes;
}

/** Name of the function: the declared one, or what an arrow is bound to, or a method's. */
function nameOf(tokens: readonly PlacedToken[]): string | null {
  for (let index = 0; index < Math.min(tokens.length, 40); index++) {
    const text = textAt(tokens, index);
    if ((text === 'function' || text === 'def') && isName(tokens, index + 1)) return textAt(tokens, index + 1);
    if (/^(const|let|var)$/.test(text) && textAt(tokens, index + 2) === '=') return textAt(tokens, index + 1);
    if (isName(tokens, index) && textAt(tokens, index + 1) === '(' && loopDepth(tokens[index]?.scopes ?? []) === 0) return text;
  }
  return null;
}

function recursion(tokens: readonly PlacedToken[]): Shape[] {
  const name = nameOf(tokens);
  if (name === null) return [];
  const isCallOfItself = (index: number): boolean =>
    textAt(tokens, index) === name &&
    textAt(tokens, index + 1) === '(' &&
    !/^(\.|->)$/.test(textAt(tokens, index - 1)) &&
    (tokens[index]?.scopes.length ?? 0) > 0;
  const calls = tokens.filter((_, index) => isCallOfItself(index)).length;
  if (calls === 0) return [];
  return [
    ['recursion', 2],
    [calls > 1 ? 'recursion that branches' : 'recursion in a line', 2],
  ];
}

const LITERALS_MIN = 3;

/** Objects and lists of literals, by whether a function makes them anew at each call. */
function literals(tokens: readonly PlacedToken[]): Shape[] {
  const shapes: Shape[] = [];
  const open: { values: number; plain: boolean }[] = [];
  for (const { token, scopes } of tokens) {
    if (token.text === '{' || token.text === '[') open.push({ values: 0, plain: true });
    else if (token.text === '}' || token.text === ']') {
      const closed = open.pop();
      const inFunction = scopes.includes('function') || scopes.includes('block');
      if (closed?.plain && closed.values >= LITERALS_MIN) shapes.push([inFunction ? 'table made in a call' : 'table', 2.5]);
      const around = open.at(-1);
      if (around && closed?.plain) around.values += closed.values;
      else if (around) around.plain = false;
    } else {
      const inner = open.at(-1);
      if (!inner) continue;
      if (token.kind === 'text' || token.kind === 'number') inner.values++;
      else if (token.text === ';' || token.text === '(' || token.kind === 'keyword') inner.plain = false;
    }
  }
  return shapes;
}

/** Which loop's variable stands in which index: `grid[row][column]` walked down its columns is slow, along its rows it is not. */
function indices(tokens: readonly PlacedToken[]): Shape[] {
  const levels = new Map(headsOf(tokens).map(({ variable, depth }) => [variable, depth + 1]));
  const shapes: Shape[] = [];
  let last: { close: number; level: number } | null = null;
  for (const [index, { token }] of tokens.entries()) {
    if (token.text !== '[') continue;
    let close = index;
    let level = 0;
    let strided = 0;
    while (close < Math.min(tokens.length, index + 12) && textAt(tokens, close) !== ']') {
      const of = levels.get(textAt(tokens, close)) ?? 0;
      if (of > 0 && textAt(tokens, close + 1) === '*') strided = of;
      level = Math.max(level, of);
      close++;
    }
    if (level === 0) {
      last = null;
      continue;
    }
    if (strided > 0) shapes.push([strided === level && level > 1 ? 'inner loop strides' : 'inner loop is along', 1.5]);
    if (last?.close === index - 1) shapes.push([last.level > level ? 'inner loop strides' : 'inner loop is along', 1.5]);
    shapes.push([`index of level ${level}`, 0.3]);
    last = { close, level };
  }
  return shapes;
}
