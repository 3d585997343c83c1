import type { Arrow, WorkflowDefinition } from './definition.ts';
import { pathsOf, textPaths, type Expression } from './expression.ts';
import { guardPaths } from './guard.ts';
import { SCOPE_NAMES } from './state.ts';
import { TASK_CONTRACTS } from './task-contracts.ts';

/** Everything a schema cannot see: names that do not exist, rows that could match nothing, choices that run in a circle. */
export function checkReferences(definition: WorkflowDefinition): string[] {
  const check = new ReferenceCheck(definition);
  const { variables, tasks, states, choices, timers, signals, entry, start } = definition;
  for (const name of Object.keys(variables)) if (SCOPE_NAMES.includes(name)) check.fault('variables', `'${name}' is a reserved name`);
  for (const name of Object.keys(tasks)) check.task(name);
  for (const name of Object.keys(states)) check.state(name);
  for (const name of [entry, start]) if (states[name] === undefined) check.fault('entry and start', `there is no state '${name}'`);
  for (const [name, arrows] of Object.entries(choices)) {
    check.arrows(`choices.${name}`, arrows, true);
    if (reachesItself(definition, name, name)) check.fault(`choices.${name}`, 'leads back to itself');
  }
  for (const name of Object.keys(timers)) check.timer(name);
  for (const [name, arrows] of Object.entries(signals)) check.arrows(`signals.${name}`, arrows, false);
  check.arrows('brakes', definition.brakes, false);
  check.arrows('failed', definition.failed, true);
  check.arrows('expired', definition.expired, true);
  for (const [name, guard] of Object.entries(definition.guards)) check.paths(`guards.${name}`, guardPaths(guard));
  check.paths('limits', Object.values(definition.limits).flatMap(pathsOf));
  check.paths('snapshot', [definition.evidence, definition.gain_pct, ...Object.values(definition.snapshot)].flatMap(pathsOf));
  return check.faults;
}

class ReferenceCheck {
  readonly faults: string[] = [];
  readonly #definition: WorkflowDefinition;
  readonly #known: ReadonlySet<string>;
  readonly #targets: ReadonlySet<string>;

  constructor(definition: WorkflowDefinition) {
    this.#definition = definition;
    this.#known = new Set([...SCOPE_NAMES, ...Object.keys(definition.variables)]);
    this.#targets = new Set([definition.states, definition.terminal, definition.choices].flatMap(Object.keys));
  }

  fault(place: string, what: string): void {
    this.faults.push(`${place}: ${what}`);
  }

  paths(place: string, paths: string[]): void {
    for (const path of paths) if (!this.#known.has(path.split('.')[0] ?? '')) this.fault(place, `nothing is called '${path}'`);
  }

  assignments(place: string, set: Record<string, Expression> = {}): void {
    for (const [name, expression] of Object.entries(set)) {
      if (!Object.hasOwn(this.#definition.variables, name)) this.fault(place, `'${name}' is not a variable`);
      this.paths(place, pathsOf(expression));
    }
  }

  arrows(place: string, arrows: Arrow[], exhaustive: boolean): void {
    for (const arrow of arrows) {
      if (!this.#targets.has(arrow.to)) this.fault(place, `there is no state '${arrow.to}'`);
      this.paths(place, arrow.when === undefined ? [] : guardPaths(arrow.when));
      this.paths(place, textPaths(arrow.reason ?? ''));
      this.assignments(place, arrow.set);
    }
    if (exhaustive && arrows.at(-1)?.when !== undefined)
      this.fault(place, 'the last arrow must have no guard, else a run could stand still');
  }

  task(name: string): void {
    const place = `tasks.${name}`;
    const task = this.#definition.tasks[name];
    if (task === undefined) return;
    if (TASK_CONTRACTS[task.contract] === undefined) this.fault(place, `there is no contract '${task.contract}'`);
    this.paths(place, [task.limit_minutes, task.identity ?? null, ...Object.values(task.payload)].flatMap(pathsOf));
    const { when, usd = null } = task.spend ?? {};
    this.paths(place, [...pathsOf(usd), ...(when === undefined ? [] : guardPaths(when))]);
    for (const step of task.completed) {
      this.assignments(place, step.set);
      this.paths(place, step.when === undefined ? [] : guardPaths(step.when));
    }
    for (const emit of task.emits) this.paths(place, Object.values(emit.data).flatMap(pathsOf));
  }

  state(name: string): void {
    const place = `states.${name}`;
    const { states, terminal, choices, tasks } = this.#definition;
    const state = states[name];
    if (state === undefined) return;
    if (Object.hasOwn(terminal, name) || Object.hasOwn(choices, name)) this.fault(place, 'the name is taken');
    if (state.task !== undefined && tasks[state.task] === undefined) this.fault(place, `there is no task '${state.task}'`);
    if (state.task !== undefined && state.completed === undefined) this.fault(place, `a state with a task needs 'completed'`);
    this.assignments(place, state.enter);
    this.arrows(`${place}.completed`, state.completed ?? [], state.completed !== undefined);
    this.arrows(`${place}.failed`, state.failed ?? [], false);
    this.arrows(`${place}.expired`, state.expired ?? [], false);
    for (const [signal, arrows] of Object.entries(state.signals)) this.arrows(`${place}.signals.${signal}`, arrows, false);
  }

  timer(name: string): void {
    const place = `timers.${name}`;
    const timer = this.#definition.timers[name];
    if (timer === undefined) return;
    for (const state of [...timer.starts_on, ...timer.stops_on]) {
      if (this.#definition.states[state] === undefined) this.fault(place, `there is no state '${state}'`);
    }
    this.paths(place, pathsOf(timer.minutes));
    this.arrows(place, timer.fired, true);
  }
}

function reachesItself(definition: WorkflowDefinition, start: string, from: string, seen = new Set<string>()): boolean {
  return (definition.choices[from] ?? []).some(({ to }) => {
    if (to === start) return true;
    if (seen.has(to)) return false;
    seen.add(to);
    return reachesItself(definition, start, to, seen);
  });
}
