import type { FunctionMeta, Manifest } from '../runtime/graph.ts';
import { nearestCallers } from './callers.ts';
import type { ChangedFunction } from './changed-functions.ts';
import { type FileFunctions, functionsOf } from './functions.ts';
import { generatorHelpers } from './generator-helpers.ts';
import { readOwn } from './own-files.ts';

export interface InstrumentedFile extends FileFunctions {
  file: string;
  source: string;
  /** Manifest ids, by index of the function in the file. */
  ids: number[];
}

export interface Instrumentation {
  manifest: Manifest;
  files: InstrumentedFile[];
  /** Files that could not be parsed, with the reason. */
  skipped: { file: string; reason: string }[];
}

/** Numbers every function and class of the given files. */
export function instrumentationOf(dir: string, files: readonly string[], changed: ChangedFunction[] | 'all-own'): Instrumentation {
  const wanted = changed === 'all-own' ? null : new Set(changed.map((item) => `${item.file}\0${item.symbol}`));
  const out: Instrumentation = { manifest: { functions: [], internal_names: [] }, files: [], skipped: [] };
  for (const file of files) {
    const source = readOwn(dir, file);
    let parsed: FileFunctions;
    try {
      parsed = functionsOf(source, file);
    } catch (error) {
      out.skipped.push({ file, reason: error instanceof Error ? error.message : String(error) });
      continue;
    }
    const first = out.manifest.functions.length;
    for (const [index, info] of parsed.functions.entries()) {
      const isChanged = wanted === null ? info.meta.kind !== 'class' : wanted.has(`${file}\0${info.meta.symbol}`);
      const meta: FunctionMeta = {
        ...info.meta,
        id: first + index,
        file,
        changed: isChanged,
        class_id: info.classIndex === null ? null : first + info.classIndex,
      };
      out.manifest.functions.push(meta);
    }
    out.manifest.internal_names.push(...parsed.internal_names);
    out.files.push({ ...parsed, file, source, ids: parsed.functions.map((_, index) => first + index) });
  }
  for (const file of out.files)
    for (const [id, generators] of generatorHelpers(file, out.manifest.functions))
      (out.manifest.functions[id] as FunctionMeta).within = generators;
  const callers = wanted === null ? new Set<number>() : nearestCallers(out.files, out.manifest.functions);
  for (const id of callers) (out.manifest.functions[id] as FunctionMeta).neighbour = true;
  return out;
}
