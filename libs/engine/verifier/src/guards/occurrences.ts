import { DETECTORS } from './detectors.ts';
import type { ChangedSource, Finding } from './finding.ts';
import { hasMore, type Moves, type Occurrence, type Occurrences, textAround } from './moves.ts';
import { assigned } from './matchers.ts';
import { tellingNames } from './names.ts';
import { usesOfImport } from './import-uses.ts';
import { globalUses } from './scopes.ts';
import { chain, child, type Node, walk } from './syntax.ts';
import { type Variables, variablesOf } from './variables.ts';

/** Guards about globals: a local variable of the same name is none. */
const BY_NAME = new Set([
  'process-state',
  'clock-or-timer',
  'randomness',
  'network-or-storage',
  'test-detection',
  'debugging',
  'proxy-or-reflection',
]);

/** The variable a chain of members or calls begins with. */
function rootOf(node: Node): Node | null {
  let at: Node | null = node;
  while (at && at.type !== 'Identifier') at = child(at, 'object') ?? child(at, 'callee');
  return at;
}

/** Where each detector fired in a tree, by `guard key`. */
export function occurrences(tree: Node | null, source: string): Occurrences {
  const found = new Map<string, Occurrence[]>();
  if (!tree) return found;
  const names = tellingNames(tree);
  const globals = new Set(globalUses(tree).map((use) => use.node));
  const isLocal = (node: Node): boolean => {
    const root = rootOf(node);
    return root !== null && !globals.has(root);
  };
  // `var self = this`: what is written there is written to `this`. Where it was taken from the global object, that is told by itself.
  const isOwn = (guard: string, node: Node): boolean =>
    /^(patched-global|global-state)$/.test(guard) &&
    /^(self|window|global|process|performance|console)\./.test(chain(assigned(node)) ?? '') &&
    isLocal(assigned(node) as Node);
  let known: Variables | null = null;
  const variables = (): Variables => (known ??= variablesOf(tree));
  walk(tree, (node, ancestors) => {
    // A property name is no use of the global of that name.
    const parent = ancestors.at(-1);
    const is_name =
      node.type === 'Identifier' &&
      parent &&
      ((parent['property'] === node && !parent['computed']) || (parent['key'] === node && !parent['computed']));
    if (is_name) return;
    for (const detector of DETECTORS) {
      const key = detector.match(node, names);
      if (key === null || (BY_NAME.has(detector.guard) && isLocal(node)) || isOwn(detector.guard, node)) continue;
      const id = `${detector.guard} ${key}`;
      const place = detector.place?.(node, ancestors) ?? null;
      const around = textAround(source, ancestors);
      const uses = detector.guard === 'new-import' && around === null ? usesOfImport(node, ancestors, source, variables) : null;
      found.set(id, [...(found.get(id) ?? []), { line: node.loc.start.line, around, place, uses }]);
    }
    return;
  });
  return found;
}

/** Constructs that the candidate has more often than the base has. */
export function guardOccurrences(source: ChangedSource, before: Occurrences, after: Occurrences, moves: Moves): Finding[] {
  return [...after].flatMap(([id, places]) => {
    const known = before.get(id) ?? [];
    if (!hasMore(known, places)) return [];
    const [guard = '', ...rest] = id.split(' ');
    const detector = DETECTORS.find((entry) => entry.guard === guard);
    if (!detector) return [];
    const from = moves.origin(id, known, places);
    const line = places.find((at) => source.added.has(at.line))?.line ?? places[0]?.line ?? 1;
    const message = `The change ${detector.why}: ${rest.join(' ')}${from === null ? '' : `, in a function that stood in ${from}`}.`;
    return [{ guard, severity: from === null ? detector.severity : 'needs_person', file: source.file, line, message }];
  });
}
