import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire, registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];
const typed = /\.[mc]?ts$/;
const moduleSyntax = /^\s*(?:import\s*(?:[\w*{"']|type\b)|export\s+(?:[\w*{]|default\b))/m;

/** Where the text of an instrumented file lies in the harness folder, by its path inside the repository; `typed` where types are left in it. */
export type Overlay = Record<string, { path: string; format: 'commonjs' | 'module'; typed: boolean }>;

/**
 * Loads the repository's modules: instrumented text in place of some files, TypeScript stripped, extensionless imports found, and a fresh
 * instance of the package's own modules for each generation.
 */
export class ModuleLoader {
  readonly #root: string;
  readonly #home: string;
  readonly #overlay: Overlay;
  #generation = 0;

  constructor(root: string, home: string, overlay: Overlay) {
    this.#root = root;
    this.#home = home;
    this.#overlay = overlay;
    process.removeAllListeners('warning');
    registerHooks({
      resolve: (specifier, context, next) => this.#resolve(specifier, context, next),
      load: (url, context, next) => this.#load(url, context, next),
    });
  }

  /** From now on the package's own modules are loaded anew. */
  fresh(): void {
    this.#generation++;
    const { cache } = createRequire(`${this.#root}/`);
    for (const path of Object.keys(cache)) if (this.#isOwn(path)) delete cache[path];
  }

  async load(file: string): Promise<Record<string, unknown>> {
    const path = `${this.#root}/${file}`;
    if (this.#format(path) === 'commonjs') {
      const exports: unknown = createRequire(`${this.#root}/`)(path);
      return { default: exports, ...(typeof exports === 'object' || typeof exports === 'function' ? exports : {}) };
    }
    return (await import(`${pathToFileURL(path).href}?generation=${this.#generation}`)) as Record<string, unknown>;
  }

  #isOwn(path: string): boolean {
    return path.startsWith(`${this.#root}/`) && !path.includes('/node_modules/');
  }

  #text(path: string): string {
    const overlay = this.#overlay[path.slice(this.#root.length + 1)];
    return readFileSync(overlay === undefined ? path : `${this.#home}/${overlay.path}`, 'utf8');
  }

  #format(path: string): 'commonjs' | 'module' {
    if (/\.(?:mjs|mts)$/.test(path)) return 'module';
    if (/\.(?:cjs|cts|json)$/.test(path)) return 'commonjs';
    const known = this.#overlay[path.slice(this.#root.length + 1)];
    if (known) return known.format;
    if (moduleSyntax.test(readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, ''))) return 'module';
    for (let at = path; at.length > 1; ) {
      at = at.slice(0, at.lastIndexOf('/'));
      if (!existsSync(`${at}/package.json`)) continue;
      return (JSON.parse(readFileSync(`${at}/package.json`, 'utf8')) as { type?: string }).type === 'module' ? 'module' : 'commonjs';
    }
    return 'commonjs';
  }

  #resolve(
    specifier: string,
    context: Parameters<import('node:module').ResolveHookSync>[1],
    next: Parameters<import('node:module').ResolveHookSync>[2],
  ): ReturnType<import('node:module').ResolveHookSync> {
    const parent = context.parentURL;
    let wanted = specifier;
    if (/^\.{0,2}\//.test(specifier) && parent?.startsWith('file:')) {
      const base = specifier.startsWith('/') ? specifier : fileURLToPath(new URL(specifier, parent));
      const found = probe(base.replace(/\?.*$/, ''));
      if (found) wanted = pathToFileURL(found).href;
    }
    if (wanted !== specifier && context.conditions.includes('require')) return { url: wanted, shortCircuit: true };
    const result = next(wanted, context);
    if (!result.url.startsWith('file:') || result.url.includes('?')) return result;
    const isOwn = this.#isOwn(fileURLToPath(result.url));
    return isOwn && !context.conditions.includes('require') ? { ...result, url: `${result.url}?generation=${this.#generation}` } : result;
  }

  #load(
    url: string,
    context: Parameters<import('node:module').LoadHookSync>[1],
    next: Parameters<import('node:module').LoadHookSync>[2],
  ): ReturnType<import('node:module').LoadHookSync> {
    if (!url.startsWith('file:')) return next(url, context);
    const path = fileURLToPath(url.replace(/\?.*$/, ''));
    if (!this.#isOwn(path) || !/\.[mc]?[jt]sx?$/.test(path)) return next(url, context);
    const format = this.#format(path);
    let source = this.#text(path);
    if (this.#overlay[path.slice(this.#root.length + 1)]?.typed ?? typed.test(path))
      source = stripTypeScriptTypes(source, { mode: 'transform', sourceUrl: path });
    return { format, source, shortCircuit: true };
  }
}

function probe(base: string): string | null {
  const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();
  if (isFile(base)) return base;
  const candidates = extensions.map((extension) => base + extension);
  // TypeScript sources name the file that will be emitted.
  if (/\.[mc]?jsx?$/.test(base)) candidates.push(base.replace(/\.([mc]?)jsx?$/, '.$1ts'), base.replace(/\.jsx?$/, '.tsx'));
  candidates.push(...extensions.map((extension) => `${base}/index${extension}`));
  return candidates.find(isFile) ?? null;
}
