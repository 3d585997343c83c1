import type { SourceModel } from '../syntax/model.ts';
import { type Node, walk } from '../syntax/node.ts';

/** How the file is written; rewritten code follows it. */
export interface Style {
  indent: string;
  quote: "'" | '"';
  semicolons: boolean;
  eol: '\n' | '\r\n';
  /** The file keeps to the language before 2015: `var` and no arrow functions. */
  es5: boolean;
}

const TERMINATED = new Set(['ExpressionStatement', 'VariableDeclaration', 'ReturnStatement', 'ImportDeclaration', 'ThrowStatement']);

/** Read off the file itself; what it leaves open is two spaces, single quotes and semicolons. */
export function detectStyle(model: SourceModel): Style {
  const { source } = model;
  let single = 0;
  let double = 0;
  let terminated = 0;
  let open = 0;
  let modern = false;
  walk(model.program, (node: Node) => {
    if (node.type === 'StringLiteral') {
      if (source[node.start ?? 0] === '"') double++;
      else single++;
    }
    if (
      node.type === 'ArrowFunctionExpression' ||
      node.type === 'ClassDeclaration' ||
      node.type === 'ImportDeclaration' ||
      node.type === 'TemplateLiteral'
    )
      modern = true;
    if (node.type === 'VariableDeclaration' && node.kind !== 'var') modern = true;
    if (!TERMINATED.has(node.type)) return;
    const parent = model.parent(node);
    if (node.type === 'VariableDeclaration' && parent && parent.type.startsWith('For')) return;
    if (source[(node.end ?? 1) - 1] === ';') terminated++;
    else open++;
  });
  const crlf = source.split('\r\n').length - 1;
  const lines = source.split('\n').length - 1;
  const es5 = !modern && /\bvar\b/.test(source);
  return {
    es5,
    indent: detectIndent(source),
    quote: double > single ? '"' : "'",
    semicolons: terminated >= open,
    eol: crlf * 2 > lines ? '\r\n' : '\n',
  };
}

function detectIndent(source: string): string {
  const votes = new Map<string, number>();
  let before = 0;
  for (const line of source.split('\n')) {
    const leading = /^[ \t]*/.exec(line)?.[0] ?? '';
    if (leading.length === line.trimEnd().length || /^\s*\*/.test(line)) continue;
    if (leading.startsWith('\t')) votes.set('\t', (votes.get('\t') ?? 0) + 1);
    else {
      const step = leading.length - before;
      if (step === 2 || step === 3 || step === 4 || step === 8) votes.set(' '.repeat(step), (votes.get(' '.repeat(step)) ?? 0) + 1);
      before = leading.length;
    }
  }
  let best = '  ';
  let most = 0;
  for (const [unit, count] of votes) {
    if (count > most) {
      most = count;
      best = unit;
    }
  }
  return best;
}

/** Leading white space of the line that holds the offset. */
export function indentAt(source: string, offset: number): string {
  const lineStart = source.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(source.slice(lineStart))?.[0] ?? '';
}

/** Gives template text (two spaces, single quotes, semicolons) the file's own quotes, semicolons and steps of indentation. */
export function styleTemplate(text: string, style: Style): string {
  return text
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => {
      const depth = (/^ */.exec(line)?.[0].length ?? 0) >> 1;
      let body = line.trimStart();
      if (!body.startsWith('//')) {
        if (style.quote === '"') body = body.replace(/'([^'"\\\n]*)'/g, '"$1"');
        if (style.es5) body = body.replace(/^(?:const|let) |(?<=^for \()(?:const|let) /, 'var ');
        if (!style.semicolons) body = body.replace(/;$/, '');
      }
      return style.indent.repeat(depth) + body;
    })
    .join('\n');
}

/** Puts the base indentation before every line but the first, and writes the file's line ends. */
export const indentRest = (text: string, base: string, eol: string): string =>
  text
    .split(/\r?\n/)
    .map((line, index) => (index === 0 || line === '' ? line : base + line))
    .join(eol);

/** As `styleTemplate`, for text that holds code of the file: its quotes stay as they are. */
export const styleCode = (text: string, style: Style): string => styleTemplate(text, { ...style, quote: "'" });
