import { Encoder } from './encode.ts';
import type { Manifest, Session } from './graph.ts';
import { internalKey } from './observation.ts';
import { opaqueTokens } from './opaque.ts';
import type { Registry } from './registry.ts';
import type { SessionResult } from './session-result.ts';
import { SessionRun } from './session-run.ts';
import type { VirtualWorld } from './virtual-world.ts';

const observeLimit = 6000;

export interface ExecutorOptions {
  explain: boolean;
  /** Mutate results and arguments, then do the last step again. */
  alias: boolean;
  /** Go on to the next step before an asynchronous one has settled, unless it is needed. */
  pipelined: boolean;
  /** All steps in one turn, but for those that need each other. Goes with `pipelined`. */
  at_once: boolean;
  /** Count how often each property of plain data is read. */
  reads: boolean;
  /** How long an asynchronous step may wait for work of the host once nothing is left on the virtual clock. */
  settle_ms: number;
}

/** Runs sessions against the loaded package and writes down what could be observed after each step. */
export class Executor {
  readonly registry: Registry;
  readonly world: VirtualWorld;
  readonly #internal: ReturnType<typeof internalKey>;

  constructor(registry: Registry, world: VirtualWorld, manifest: Manifest) {
    this.registry = registry;
    this.world = world;
    this.#internal = internalKey(new Set(manifest.internal_names));
  }

  async run(session: Session, options: ExecutorOptions): Promise<SessionResult> {
    return await new SessionRun(this, session, options).run();
  }

  encoder(handedIn: (value: object) => number | undefined, hideInternal: boolean): Encoder {
    return new Encoder({
      limit_nodes: observeLimit,
      limit_text: 5_000_000,
      canonical: true,
      classId: (constructor) => this.registry.idOf(constructor),
      special: (value) => {
        const index = handedIn(value);
        if (index !== undefined)
          return typeof value === 'function'
            ? { k: 'function', log: index }
            : { k: 'iterator', form: 'object', has: [], items: [], log: index };
        const token = opaqueTokens.get(value);
        return token === undefined ? undefined : { k: 'opaque', token };
      },
      skipLabel: (owner, key, value) => isVersion(key, value) && this.registry.isExport(owner),
      ...(hideInternal ? { skipKey: this.#internal } : {}),
    });
  }
}

/** The label of a release, which stands on what a module exports: another one is no other behaviour. */
const isVersion = (key: string | symbol, value: unknown): boolean =>
  typeof key === 'string' && /^version$/i.test(key) && typeof value === 'string' && /^v?\d+\.\d+\.\d+/.test(value);
