import type { FunctionMeta, Manifest, PathPart } from './graph.ts';
import { isObject } from './known-objects.ts';
import type { ModuleLoader } from './module-hooks.ts';

type Exposures = Record<number, () => unknown>;

/** Finds the functions of the manifest in the loaded modules, exported or not. */
export class Registry {
  readonly functions: FunctionMeta[];
  readonly #loader: ModuleLoader;
  #exposed: Exposures = {};
  #modules = new Map<string, Record<string, unknown>>();
  #ids = new Map<object, number>();
  #exports = new WeakSet<object>();

  constructor(manifest: Manifest, loader: ModuleLoader) {
    this.functions = manifest.functions;
    this.#loader = loader;
    Object.defineProperty(globalThis, '__codeoptima_expose', { value: (exposures: Exposures) => Object.assign(this.#exposed, exposures) });
  }

  fresh(): void {
    this.#exposed = {};
    this.#modules = new Map();
    this.#ids = new Map();
    this.#exports = new WeakSet();
    this.#loader.fresh();
  }

  async load(files: Iterable<string>): Promise<void> {
    for (const file of files) {
      if (this.#modules.has(file)) continue;
      this.#modules.set(file, {});
      const module = await this.#loader.load(file);
      this.#modules.set(file, module);
      for (const value of [module, ...Object.values(module)]) if (isObject(value)) this.#exports.add(value);
    }
    for (const meta of this.functions) {
      if (meta.kind !== 'class' && meta.kind !== 'function' && meta.kind !== 'constructor') continue;
      const found = this.find(meta.class_id ?? meta.id);
      if (typeof found !== 'function') continue;
      this.#ids.set(found, meta.class_id ?? meta.id);
      const prototype: unknown = Reflect.get(found, 'prototype');
      if (typeof prototype === 'object' && prototype !== null) this.#ids.set(prototype, meta.class_id ?? meta.id);
    }
  }

  find(id: number): unknown {
    const exposed = this.#exposed[id];
    if (exposed) {
      try {
        return exposed();
      } catch {
        // A binding in its dead zone: the module did not finish loading.
      }
    }
    const meta = this.functions[id];
    const module = meta && this.#modules.get(meta.file);
    return meta?.exported === null || meta === undefined ? undefined : module?.[meta.exported];
  }

  exportOf(file: string, path: PathPart[]): unknown {
    let at: unknown = this.#modules.get(file);
    for (const part of path) {
      if ((typeof at !== 'object' && typeof at !== 'function') || at === null) return undefined;
      at = Reflect.get(at, part) as unknown;
    }
    return at;
  }

  /** Whether a module hands this out under one of its names. */
  isExport(value: object): boolean {
    return this.#exports.has(value);
  }

  idOf(constructor: object): number | undefined {
    return this.#ids.get(constructor);
  }
}
