import type { Bus } from '@codeoptima/bus';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Beat, Lease, WorkService } from '@codeoptima/contracts';
import type { Client } from '@codeoptima/rpc';
import type { Clock, Logger } from '@codeoptima/service-kit';
import { type Limits, type Verdict, sweep } from '../domain/sweep.ts';
import { HeardBeats } from '../domain/heard-beats.ts';
import { type ListedLease, type WatchList, type Watched, receiveBeat, receiveLeases, renewTerms } from '../domain/watched.ts';
import type { Processes } from './local-processes.ts';
import type { WatchdogMetrics } from './metrics.ts';
import { carryOut } from './sentence.ts';

export interface WatchParts {
  bus: Bus;
  planner: Client<typeof WorkService>;
  processes: Processes;
  metrics: WatchdogMetrics;
  log: Logger;
  clock: Clock;
  limits: Limits;
  sweep_ms: number;
  obey_ms: number;
}

type Outage = 'start' | 'bus' | 'planner' | 'watchdog' | 'breaker';

/** Watches all leases: takes in beats and lists, sweeps, and has verdicts carried out. */
export class Watch {
  readonly #parts: WatchParts;
  #list: WatchList = new Map();
  #last_list_ms: number | null = null;
  #last_sweep_ms: number | null = null;
  #outage: Outage | null = 'start';
  #breaker_open = false;
  /** Verdicts under way by item and epoch, so that no sweep passes one twice. */
  readonly #under_way = new Set<string>();
  readonly #heard = new HeardBeats();

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  onBeat(beat: Beat): void {
    const now_ms = this.#parts.clock.monotonic_ms();
    this.#parts.processes.observe(beat.incarnation, beat.pid);
    const received = {
      item_id: beat.itemId,
      run_id: beat.runId,
      service: beat.service,
      incarnation: beat.incarnation,
      epoch: beat.epoch,
      progress_counter: beat.progressCounter,
      pid: beat.pid,
    };
    this.#list = receiveBeat(this.#list, received, now_ms);
    this.#heard.hear(received, now_ms);
  }

  /** While beats cannot arrive nobody is judged; when they can again, everyone gets a full term. */
  onConnection(): void {
    this.#suffer('bus');
  }

  /** An outage keeps its first cause, but for our own delay, which often is the effect of another. */
  #suffer(cause: Outage): void {
    if (this.#outage === null || this.#outage === 'watchdog') this.#outage = cause;
  }

  async sweep(): Promise<void> {
    const { clock, bus, metrics, sweep_ms } = this.#parts;
    const begun_ms = clock.monotonic_ms();
    // Beats that came while we slept are read only after this: silence in between was ours.
    if (this.#last_sweep_ms !== null && begun_ms - this.#last_sweep_ms > 3 * sweep_ms) this.#outage ??= 'watchdog';
    this.#last_sweep_ms = begun_ms;
    if (!bus.isConnected()) {
      this.#suffer('bus');
      return;
    }
    if (!(await this.#list_leases())) return;
    const now_ms = clock.monotonic_ms();
    if (this.#outage !== null) this.#renew(this.#outage, now_ms);
    metrics.leases.set([...this.#list.values()].filter(({ listed }) => listed).length);
    const isGone = ({ incarnation }: Watched): boolean => this.#parts.processes.isGone(incarnation);
    const result = sweep(this.#list, now_ms, this.#parts.limits, isGone, this.#breaker_open);
    this.#tellBreaker(result.breaker_open, result.held);
    if (result.released) this.#renew('breaker', now_ms);
    for (const verdict of result.verdicts) this.#sentence(verdict);
    this.#forget();
  }

  async #list_leases(): Promise<boolean> {
    const { planner, clock, log } = this.#parts;
    try {
      const { leases } = await planner.listLeases({}, { timeout_ms: 3_000 });
      const now_ms = clock.monotonic_ms();
      const wall_ms = clock.now_ms();
      const known_since_ms = this.#outage === null ? this.#last_list_ms : null;
      this.#list = receiveLeases(
        this.#list,
        leases.map((lease) => toListed(lease, wall_ms)),
        now_ms,
        known_since_ms,
      );
      this.#last_list_ms = now_ms;
      return true;
    } catch (error) {
      if (this.#outage === null) log.warn({ err: error }, 'the planner does not list its leases; nobody is judged meanwhile');
      this.#suffer('planner');
      return false;
    }
  }

  #renew(cause: Outage, now_ms: number): void {
    this.#list = renewTerms(this.#list, now_ms);
    this.#outage = null;
    this.#parts.metrics.renewals.inc({ cause });
    if (cause !== 'start') this.#parts.log.warn({ cause }, 'after an outage everyone gets a full term');
  }

  #tellBreaker(open: boolean, held: Verdict[]): void {
    const { metrics, log } = this.#parts;
    metrics.breaker.set(open ? 1 : 0);
    metrics.held.set(held.length);
    if (open && !this.#breaker_open)
      log.error(
        { alert: 'mass_stale', held: held.map(({ watched }) => watched.item_id) },
        'too many leases are silent at once: nobody is condemned',
      );
    if (!open && this.#breaker_open) log.warn('beats are back: the breaker is released');
    this.#breaker_open = open;
  }

  #sentence(verdict: Verdict): void {
    const { watched } = verdict;
    const key = `${watched.item_id}:${watched.epoch}`;
    if (this.#under_way.has(key)) return;
    this.#under_way.add(key);
    const beatsSince: HeardBeats['since'] = (incarnation, since_ms) => this.#heard.since(incarnation, since_ms);
    const parts = { ...this.#parts, beatsSince, now_ms: this.#parts.clock.monotonic_ms };
    void (async () => {
      try {
        await carryOut(verdict, parts);
      } catch (error) {
        this.#parts.log.warn({ err: error, item_id: watched.item_id }, 'a verdict could not be carried out; the next sweep tries again');
      } finally {
        this.#under_way.delete(key);
      }
    })();
  }

  /** Drops what concerns no lease and no verdict under way. */
  #forget(): void {
    if (this.#under_way.size > 0) return;
    this.#heard.keepOnly(new Set(this.#list.keys()));
    this.#parts.processes.keepOnly(new Set([...this.#list.values()].map(({ incarnation }) => incarnation)));
  }
}

const toListed = (lease: Lease, wall_ms: number): ListedLease => ({
  item_id: lease.itemId,
  run_id: lease.runId,
  service: lease.service,
  incarnation: lease.incarnation,
  epoch: lease.epoch,
  age_ms: lease.claimedAt ? wall_ms - timestampMs(lease.claimedAt) : 0,
});
