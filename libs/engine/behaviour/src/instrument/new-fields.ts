import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isNode, parseModule, walk } from './syntax.ts';
import { readOwn } from './own-files.ts';

/**
 * Fields that a candidate gives to instances and whose names the base never mentions: how a class keeps its state may change, and nobody can
 * have relied on a name that was not there. A name the base uses in any way stays observable, whatever the candidate declares about it.
 */
export function newFields(baseDir: string, candidateDir: string, files: readonly string[]): string[] {
  const names = new Set<string>();
  let baseText = '';
  for (const file of files) {
    if (existsSync(join(baseDir, file))) baseText += readOwn(baseDir, file);
    if (!existsSync(join(candidateDir, file)) || !/\.[mc]?[jt]sx?$/.test(file)) continue;
    walk(parseModule(readOwn(candidateDir, file), file).program, (node) => {
      const left = node.type === 'AssignmentExpression' ? node['left'] : null;
      if (
        isNode(left) &&
        left.type === 'MemberExpression' &&
        isNode(left['object']) &&
        left['object'].type === 'ThisExpression' &&
        isNode(left['property'])
      )
        names.add(String(left['property']['name']));
      if (node.type === 'ClassProperty' && isNode(node['key'])) names.add(String(node['key']['name']));
      if (node.type === 'TSParameterProperty' && isNode(node['parameter'])) names.add(String(node['parameter']['name']));
    });
  }
  return [...names].filter((name) => !new RegExp(`\\b${name.replaceAll('$', '\\$')}\\b`).test(baseText));
}
