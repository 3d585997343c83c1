import { Lang, parse, type SgNode } from '@ast-grep/napi';
import type { Rule } from './rule.ts';
import type { Language, SourceModel } from './syntax/model.ts';
import type { Node } from './syntax/node.ts';

const LANGUAGE: Record<Language, Lang> = { js: Lang.JavaScript, jsx: Lang.JavaScript, ts: Lang.TypeScript, tsx: Lang.Tsx };

/** A place where the pattern of a rule fits, with the syntax that its variables stand for. */
export interface PatternMatch {
  node: Node;
  captures: Map<string, Capture>;
}

/** A piece of syntax; its text holds the parentheses around it, which are no node of their own. */
export interface Capture {
  node: Node;
  text: string;
}

export interface PatternSearch {
  find(rule: Rule): PatternMatch[];
}

/** Prepares the file once for the patterns of all rules. */
export function searchPatterns(model: SourceModel): PatternSearch {
  const root = parse(LANGUAGE[model.language], model.source).root();
  const capture = (found: SgNode): Capture | null => {
    const range = found.range();
    let [start, end] = [range.start.index, range.end.index];
    const text = model.source.slice(start, end);
    let node = model.nodeAt(start, end);
    while (!node && model.source[start] === '(' && model.source[end - 1] === ')') {
      start++;
      end--;
      while (/\s/.test(model.source[start] ?? '')) start++;
      while (/\s/.test(model.source[end - 1] ?? '')) end--;
      node = model.nodeAt(start, end);
    }
    return node ? { node, text } : null;
  };
  return {
    find: (rule) => {
      const matches: PatternMatch[] = [];
      for (const found of root.findAll({ rule: rule.match } as Parameters<typeof root.findAll>[0])) {
        const { start, end } = found.range();
        const node = model.nodeAt(start.index, end.index);
        const captures = new Map<string, Capture>();
        let complete = node !== null;
        for (const name of variablesOf(rule)) {
          const part = found.getMatch(name);
          const captured = part ? capture(part) : null;
          if (captured) captures.set(name, captured);
          else if (part) complete = false;
        }
        if (node && complete) matches.push({ node, captures });
      }
      return matches;
    },
  };
}

const variables = new WeakMap<Rule, string[]>();

function variablesOf(rule: Rule): string[] {
  let names = variables.get(rule);
  if (!names) {
    names = [...new Set([...JSON.stringify(rule.match).matchAll(/(?<!\$)\$([A-Z][A-Z0-9_]*)/g)].map((match) => match[1] ?? ''))];
    variables.set(rule, names);
  }
  return names;
}
