import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyRuntime } from '../capture/scratch.ts';
import { type FunctionInfo, functionsOf } from '../instrument/functions.ts';
import { readOwn } from '../instrument/own-files.ts';
import { overlayForReplay, type OverlayTarget } from '../instrument/replay-overlay.ts';
import type { Manifest } from '../runtime/graph.ts';
import type { Overlay } from '../runtime/module-hooks.ts';

/** One version of the repository, ready to be replayed against: its tree, and instrumented copies of the files that matter. */
export interface Side {
  name: 'base' | 'candidate';
  dir: string;
  home: string;
  overlay: Overlay;
  /** Numbers the runs, so that several may go on at once. */
  nextRun(): number;
  close(): void;
}

/** Matches the functions of a parsed file with the manifest by path of names. */
export function overlayTargets(functions: FunctionInfo[], manifest: Manifest, file: string): OverlayTarget[] {
  const ids = new Map(manifest.functions.filter((meta) => meta.file === file).map((meta) => [meta.symbol, meta]));
  return functions.flatMap((info) => {
    const meta = ids.get(info.meta.symbol);
    return meta ? [{ info, id: meta.id, covered: meta.changed && info.scope === null }] : [];
  });
}

/** Writes overlays for `files`; functions are matched with the manifest (of the base) by file and path of names. */
export function prepareSide(name: Side['name'], dir: string, manifest: Manifest, files: readonly string[]): Side {
  const home = mkdtempSync(join(tmpdir(), 'codeoptima-replay-'));
  copyRuntime(home);
  mkdirSync(join(home, 'overlay'));
  const overlay: Overlay = {};
  let block = 0;
  for (const [index, file] of files.entries()) {
    if (!existsSync(join(dir, file))) continue;
    const source = readOwn(dir, file);
    const parsed = functionsOf(source, file);
    const targets = overlayTargets(parsed.functions, manifest, file);
    const made = overlayForReplay(source, parsed.program, targets, block);
    block = made.nextBlock;
    const path = `overlay/${index}${file.slice(file.lastIndexOf('.'))}`;
    overlay[file] = { path, format: parsed.program['sourceType'] === 'module' ? 'module' : 'commonjs' };
    writeFileSync(join(home, path), made.text);
  }
  let runs = 0;
  return { name, dir, home, overlay, nextRun: () => runs++, close: () => rmSync(home, { recursive: true, force: true }) };
}
