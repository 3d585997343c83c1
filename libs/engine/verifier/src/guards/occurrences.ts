import { DETECTORS } from './detectors.ts';
import type { ChangedSource, Finding } from './finding.ts';
import { tellingNames } from './names.ts';
import { globalUses } from './scopes.ts';
import { child, type Node, walk } from './syntax.ts';

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

/** Where each detector fired in a tree: `guard key` → lines. */
function occurrences(tree: Node | null): Map<string, number[]> {
  const found = new Map<string, number[]>();
  if (!tree) return found;
  const names = tellingNames(tree);
  const globals = new Set(globalUses(tree).map((use) => use.node));
  const isLocal = (node: Node): boolean => {
    const root = rootOf(node);
    return root !== null && !globals.has(root);
  };
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
      if (key === null || (BY_NAME.has(detector.guard) && isLocal(node))) continue;
      const id = `${detector.guard} ${key}`;
      found.set(id, [...(found.get(id) ?? []), node.loc.start.line]);
    }
    return;
  });
  return found;
}

/** Constructs that the candidate has more often than the base has. */
export function guardOccurrences(source: ChangedSource, base: Node | null, candidate: Node): Finding[] {
  const before = occurrences(base);
  return [...occurrences(candidate)].flatMap(([id, lines]) => {
    if (lines.length <= (before.get(id)?.length ?? 0)) return [];
    const [guard = '', ...rest] = id.split(' ');
    const detector = DETECTORS.find((entry) => entry.guard === guard);
    const line = lines.find((at) => source.added.has(at)) ?? lines[0] ?? 1;
    return detector
      ? [{ guard, severity: detector.severity, file: source.file, line, message: `The change ${detector.why}: ${rest.join(' ')}.` }]
      : [];
  });
}
