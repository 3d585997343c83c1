import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REPO_TARGET } from '@codeoptima/sandbox';
import { instrumentForCapture } from '../instrument/capture-rewrite.ts';
import { parseModule } from '../instrument/syntax.ts';
import type { Instrumentation } from '../instrument/manifest.ts';

/** The folder of the harness inside a scratch copy. */
export const HARNESS_FOLDER = '.codeoptima';

export interface CaptureLimits {
  sessions_per_function: number;
  sessions_per_shape: number;
  /** Recorded steps of one process. */
  steps: number;
  /** Bytes of records of one process. */
  bytes: number;
  /** Objects in one step's values. */
  nodes: number;
  /** Longest string or buffer. */
  text: number;
}

export const DEFAULT_CAPTURE_LIMITS: CaptureLimits = {
  sessions_per_function: 256,
  sessions_per_shape: 24,
  steps: 8000,
  bytes: 64_000_000,
  nodes: 20_000,
  text: 1_000_000,
};

/** Copies the parts of the harness that run beside the repository's code. */
export function copyRuntime(home: string): void {
  const target = join(home, 'runtime');
  mkdirSync(target, { recursive: true });
  for (const [name, text] of (runtimeTexts ??= readRuntime())) writeFileSync(join(target, name), text);
  writeFileSync(join(target, 'package.json'), '{"type":"module"}\n');
}

let runtimeTexts: Map<string, string> | undefined;

/** As plain JavaScript: a process that has no TypeScript to strip starts sooner. */
function readRuntime(): Map<string, string> {
  const source = fileURLToPath(new URL('../runtime/', import.meta.url));
  const names = readdirSync(source).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return new Map(
    names.map((name) => {
      const text = strip(readFileSync(join(source, name), 'utf8'));
      return [name.replace(/\.ts$/, '.js'), withoutFacades(text).replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'")];
    }),
  );
}

/** Importing a module of the host reads all it exports, and half of the host is loaded for that: each is asked for by itself. */
function withoutFacades(text: string): string {
  return text.replaceAll(/^import (\{[^}]*\}|\w+) from ('node:\w+');$/gm, 'const $1 = process.getBuiltinModule($2);');
}

/** Node warns that its own stripper is experimental, which is nothing a user of this can act on. */
export function strip(source: string, mode: 'strip' | 'transform' = 'strip'): string {
  const warn = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source, { mode });
  } finally {
    process.emitWarning = warn;
  }
}

/** Writes instrumented files and the harness into a scratch copy of the repository. */
export function instrumentScratch(scratch: string, instrumentation: Instrumentation, limits: CaptureLimits): void {
  const home = join(scratch, HARNESS_FOLDER);
  mkdirSync(join(home, 'records'), { recursive: true });
  copyRuntime(home);
  writeFileSync(join(home, 'manifest.json'), JSON.stringify({ manifest: instrumentation.manifest, limits }));
  for (const file of instrumentation.files) {
    const targets = file.functions.flatMap((info, index) => {
      const id = file.ids[index] as number;
      const changed = instrumentation.manifest.functions[id]?.changed === true;
      // Inline callbacks of unchanged code are never called from outside: leaving them alone keeps the tests fast.
      return !changed && info.inlineArgument ? [] : [{ info, id }];
    });
    if (targets.length === 0) continue;
    const text = instrumentForCapture(file.source, file.file, file.program, targets, `${REPO_TARGET}/${HARNESS_FOLDER}`);
    try {
      parseModule(text, file.file);
      writeFileSync(join(scratch, file.file), text);
    } catch (error) {
      // Better unseen and told so than tests that fail because of us.
      instrumentation.skipped.push({
        file: file.file,
        reason: `could not be instrumented: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
}
