import { Lang, parse, type SgNode } from '@ast-grep/napi';
import type { Rule } from './rule.ts';
import type { Language, SourceModel } from './syntax/model.ts';
import type { Node } from './syntax/node.ts';

const LANGUAGE: Record<Language, Lang> = { js: Lang.JavaScript, jsx: Lang.JavaScript, ts: Lang.TypeScript, tsx: Lang.Tsx };

/** A place where the pattern of a rule fits, with the syntax that its variables stand for. */
export interface PatternMatch {
  node: Node;
  captures: Map<string, Node>;
}

export interface PatternSearch {
  find(rule: Rule): PatternMatch[];
}

/** Prepares the file once for the patterns of all rules. */
export function searchPatterns(model: SourceModel): PatternSearch {
  const root = parse(LANGUAGE[model.language], model.source).root();
  const nodeOf = (found: SgNode): Node | null => {
    const { start, end } = found.range();
    return model.nodeAt(start.index, end.index);
  };
  return {
    find: (rule) => {
      const matches: PatternMatch[] = [];
      for (const found of root.findAll({ rule: rule.match } as Parameters<typeof root.findAll>[0])) {
        const node = nodeOf(found);
        if (!node) continue;
        const captures = new Map<string, Node>();
        for (const name of variablesOf(rule)) {
          const capture = found.getMatch(name);
          const captured = capture ? nodeOf(capture) : null;
          if (captured) captures.set(name, captured);
        }
        matches.push({ node, captures });
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
