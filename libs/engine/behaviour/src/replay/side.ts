import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyRuntime, strip } from '../capture/scratch.ts';
import { type FunctionInfo, functionsOf } from '../instrument/functions.ts';
import { readOwn } from '../instrument/own-files.ts';
import { overlayForReplay, type OverlayTarget } from '../instrument/replay-overlay.ts';
import type { Manifest } from '../runtime/graph.ts';
import type { Overlay } from '../runtime/module-hooks.ts';
import { type ProcessPlace, ReplayProcess } from './replay-process.ts';

type Conditions = Pick<ProcessPlace, 'unsafe_no_sandbox' | 'signal' | 'stack_kib'>;

/** One version of the repository, ready to be replayed against: its tree, and instrumented copies of the files that matter. */
export interface Side {
  name: 'base' | 'candidate';
  dir: string;
  home: string;
  overlay: Overlay;
  /** A process that waits for work, or a new one. */
  take(context: Conditions, alone: boolean): ReplayProcess;
  giveBack(worker: ReplayProcess, alone: boolean): Promise<void>;
  close(): Promise<void>;
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
    overlay[file] = { path, format: parsed.program['sourceType'] === 'module' ? 'module' : 'commonjs', typed: false };
    writeOverlay(home, overlay, file, made.text);
  }
  return { name, dir, home, overlay, ...processPool(dir, home) };
}

/** Writes the text of a file's overlay, its types stripped here once: in a fresh process that takes longer than most jobs. */
export function writeOverlay(home: string, overlay: Overlay, file: string, text: string): void {
  const entry = overlay[file];
  if (!entry) return;
  const plain = /\.[mc]?ts$/.test(file) ? withoutTypes(text) : text;
  entry.typed = plain === null;
  writeFileSync(join(home, entry.path), plain ?? text);
}

/** Null where it does not parse, which is for the loader to say. */
function withoutTypes(text: string): string | null {
  try {
    return strip(text, 'transform');
  } catch {
    return null;
  }
}

function processPool(dir: string, home: string): Pick<Side, 'take' | 'giveBack' | 'close'> {
  let started = 0;
  const idle: ReplayProcess[] = [];
  const start = (context: Conditions): ReplayProcess => new ReplayProcess({ dir, home, ...context }, started++);
  return {
    take: ({ unsafe_no_sandbox, signal, stack_kib }, alone) =>
      (alone ? undefined : idle.shift()) ?? start({ unsafe_no_sandbox, signal, stack_kib }),
    giveBack: async (worker, alone) => {
      if (worker.isUsable && !alone) idle.push(worker);
      else await worker.stop();
    },
    close: async () => {
      await Promise.all(idle.splice(0).map((worker) => worker.stop()));
      rmSync(home, { recursive: true, force: true });
    },
  };
}
