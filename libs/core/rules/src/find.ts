import { createHash } from 'node:crypto';
import { loadCatalogue } from './load-catalogue.ts';
import { changedLines, countChangedLines } from './edit/diff.ts';
import { applyEdits, type Edit, resolveEdits } from './edit/edits.ts';
import { detectStyle, type Style } from './edit/style.ts';
import { evaluate } from './evaluate.ts';
import { type PatternMatch, searchPatterns } from './match.ts';
import { normalisedSyntax, normalisedText } from './normalise.ts';
import type { Rule } from './rule.ts';
import type { MatchContext } from './steps/step.ts';
import { enclosingSymbol, regionsOf } from './symbols.ts';
import { ancestors, buildModel, type Language, parses, type SourceModel } from './syntax/model.ts';
import { endOf, isFunction, type Node, startOf, unwrap, walk } from './syntax/node.ts';

/** More changed lines than this are no patch a person reviews gladly (P4). */
export const CHANGED_LINES_LIMIT = 60;

export interface HotRange {
  /** 1-based, inclusive. */
  start_line: number;
  end_line: number;
  hotspot_id: string;
  symbol: string;
}

export interface FindInput {
  file: string;
  source: string;
  language: Language;
  /** Only matches inside these ranges and in functions of the file that they call; all of the file when absent. */
  ranges?: readonly HotRange[];
  /** Ids of the rules to apply; all when absent. */
  rules?: readonly string[];
}

export interface RuleMatch {
  /** Hash of file, symbol and normalised syntax of what changes. */
  id: string;
  rule: string;
  /** Offsets of the first matched expression. */
  start: number;
  end: number;
  line: number;
  symbol: string;
  hotspot_id: string | null;
  /** In a function that a hot range calls, not in the range itself. */
  in_callee: boolean;
  /** Number of places changed. */
  places: number;
  new_source: string;
  changed_lines: number;
  title: string;
  explanation: string;
  safety: 'safe' | 'guarded' | 'assumes';
  risk: string;
  /** What has to be so for the change to keep the behaviour; shown to the reviewer. */
  assumptions: string[];
  /** Typical ratio old/new of the rule at large sizes. */
  gain: number;
}

export interface SkippedMatch {
  rule: string;
  symbol: string;
  line: number;
  reason: string;
}

export interface FindResult {
  matches: RuleMatch[];
  skipped: SkippedMatch[];
}

interface Fired {
  rule: Rule;
  node: Node;
  symbol: string;
  hotspot_id: string | null;
  in_callee: boolean;
  edits: Edit[];
  assumptions: string[];
}

/** Every rewrite of the catalogue that its preconditions allow in the file. Deterministic; nothing is run or measured. */
export function findCandidates(input: FindInput): FindResult {
  const skipped: SkippedMatch[] = [];
  let model: SourceModel;
  try {
    model = buildModel(input.source, input.language);
  } catch (error) {
    return { matches: [], skipped: [{ rule: '*', symbol: '', line: 1, reason: `the file does not parse: ${(error as Error).message}` }] };
  }
  if (model.scopes.dynamic)
    return { matches: [], skipped: [{ rule: '*', symbol: '', line: 1, reason: '`eval` or `with` hides which variable a name means' }] };
  const rules = loadCatalogue().filter(
    (rule) => rule.languages.includes(input.language) && (!input.rules || input.rules.includes(rule.id)),
  );
  const style = detectStyle(model);
  const regions = regionsOf(model, input.ranges);
  const search = searchPatterns(model);
  const matches: RuleMatch[] = [];
  for (const rule of rules) {
    const fired = fire(model, style, rule, search.find(rule), regions, skipped);
    for (const group of groups(fired)) {
      const match = buildMatch(input, model, style, group, skipped);
      if (match) matches.push(match);
    }
  }
  return { matches: unique(matches, input.language), skipped };
}

function fire(
  model: SourceModel,
  style: Style,
  rule: Rule,
  found: readonly PatternMatch[],
  regions: ReturnType<typeof regionsOf>,
  skipped: SkippedMatch[],
): Fired[] {
  const fired: Fired[] = [];
  const nameFor = nameGiver(model);
  for (const match of found) {
    const region = regions(match.node);
    if (!region || isOptional(match.node) || isBeforeThrow(model, match.node)) continue;
    const result = evaluate(contextFor(model, style, match.node, nameFor), rule, match);
    const symbol = enclosingSymbol(model, match.node);
    if (result.kind === 'fires')
      fired.push({ rule, node: match.node, symbol, ...region, edits: result.edits, assumptions: result.assumptions });
    else if (result.kind === 'refused')
      skipped.push({ rule: rule.id, symbol, line: model.lineOf(startOf(match.node)), reason: `${result.step}: ${result.reason}` });
  }
  return fired;
}

/** New names of one rule in one file: places that may become one candidate never take one name for two things. */
function nameGiver(model: SourceModel): (base: string, key: string) => string {
  const given = new Map<string, string>();
  return (base, key) => {
    const known = given.get(`${base}@${key}`);
    if (known !== undefined) return known;
    const used = new Set(given.values());
    let name = base;
    for (let n = 2; model.names.has(name) || used.has(name); n++) name = `${base}${n}`;
    given.set(`${base}@${key}`, name);
    return name;
  };
}

const contextFor = (model: SourceModel, style: Style, match: Node, nameFor: (base: string, key: string) => string): MatchContext => ({
  model,
  style,
  match,
  freshName: (base, key = String(startOf(match))) => nameFor(base, key),
});

/** `a?.b()` may be skipped at run time; no rule reasons about that. */
function isOptional(node: Node): boolean {
  for (let current: Node | null = unwrap(node); current; ) {
    if (current.type.startsWith('Optional')) return true;
    if (current.type === 'CallExpression') current = unwrap(current.callee);
    else if (current.type === 'MemberExpression') current = unwrap(current.object);
    else return false;
  }
  return false;
}

/** Part of what is thrown, or of a block that ends by throwing: it runs once at most, and nobody waits for it to be fast. */
function isBeforeThrow(model: SourceModel, node: Node): boolean {
  for (const ancestor of ancestors(model, node)) {
    if (ancestor.type === 'ThrowStatement') return true;
    const parent = model.parent(ancestor);
    if (isFunction(ancestor) || !parent || isFunction(parent)) return false;
    if (ancestor.type === 'BlockStatement' && ancestor.body.at(-1)?.type === 'ThrowStatement') return true;
  }
  return false;
}

/** All places of a rule in one function (and what it calls) as one candidate first, then each place on its own. */
function groups(fired: readonly Fired[]): Fired[][] {
  const byOwner = new Map<string, Fired[]>();
  for (const one of fired) {
    const key = one.hotspot_id ?? one.symbol;
    const list = byOwner.get(key);
    if (list) list.push(one);
    else byOwner.set(key, [one]);
  }
  return [...byOwner.values()].flatMap((list) => (list.length > 1 ? [list, ...list.map((one) => [one])] : [list]));
}

function buildMatch(input: FindInput, model: SourceModel, style: Style, group: Fired[], skipped: SkippedMatch[]): RuleMatch | null {
  const [first] = group;
  if (!first) return null;
  const { rule, symbol } = first;
  const line = model.lineOf(startOf(first.node));
  const refuse = (reason: string): null => {
    if (group.length === 1) skipped.push({ rule: rule.id, symbol, line, reason });
    return null;
  };
  const edits = resolveEdits(
    model,
    style,
    group.flatMap((one) => one.edits),
  );
  if (!edits) return refuse('its edits overlap');
  const source = applyEdits(input.source, edits);
  const lost = model.comments.find((comment) => !source.includes(comment.value));
  if (lost) return refuse(`the comment "${lost.value.trim().slice(0, 40)}" would be lost`);
  const changedText = literalTexts(model).find((text) => !source.includes(text));
  if (changedText !== undefined) return refuse('a text over several lines would change');
  if (source === input.source || !parses(source, input.language)) return refuse('the result does not parse');
  const changed = countChangedLines(input.source, source);
  if (changed > CHANGED_LINES_LIMIT) return refuse(`${changed} changed lines are more than ${CHANGED_LINES_LIMIT}`);
  const assumptions = [
    ...new Set([...(rule.assumption === undefined ? [] : [rule.assumption]), ...group.flatMap((one) => one.assumptions)]),
  ];
  return {
    id: candidateId(input, symbol, source),
    rule: rule.id,
    start: startOf(first.node),
    end: endOf(first.node),
    line,
    symbol,
    hotspot_id: first.hotspot_id,
    in_callee: group.every((one) => one.in_callee),
    places: group.length,
    new_source: source,
    changed_lines: changed,
    title: rule.title,
    explanation: rule.explanation.trim(),
    safety: assumptions.length > 0 ? 'assumes' : rule.safety,
    risk: assumptions.length > 0 ? `${rule.risk.trim()} Assumes that ${assumptions.join('; that ')}.` : rule.risk.trim(),
    assumptions,
    gain: rule.gain.large,
  };
}

const textsOf = new WeakMap<SourceModel, string[]>();

/** Texts of templates over several lines: indentation is part of them. */
function literalTexts(model: SourceModel): string[] {
  let texts = textsOf.get(model);
  if (!texts) {
    const found: string[] = [];
    walk(model.program, (node) => {
      if (node.type === 'TemplateElement' && node.value.raw.includes('\n')) found.push(model.text(node));
    });
    textsOf.set(model, found);
    texts = found;
  }
  return texts;
}

/** The changed lines without white space and comments stand for the change, so that it keeps its id when other parts of the file change. */
function candidateId({ file, source: before }: FindInput, symbol: string, after: string): string {
  const changed = changedLines(before, after).map(({ kind, line }) => `${kind} ${normalisedText(line)}`);
  return createHash('sha256')
    .update([file, symbol, ...changed].join('\n'))
    .digest('hex')
    .slice(0, 32);
}

function unique(matches: readonly RuleMatch[], language: Language): RuleMatch[] {
  const results = new Set<string>();
  const ids = new Map<string, number>();
  return matches.flatMap((match) => {
    const syntax = normalisedSyntax(match.new_source, language);
    if (results.has(syntax)) return [];
    results.add(syntax);
    const earlier = ids.get(match.id) ?? 0;
    ids.set(match.id, earlier + 1);
    return [earlier === 0 ? match : { ...match, id: `${match.id}-${earlier + 1}` }];
  });
}
