import type { Arrow, WorkflowDefinition } from './definition.ts';
import { pathsOf, textPaths, type Expression } from './expression.ts';
import { guardPaths } from './guard.ts';
import { SCOPE_NAMES } from './state.ts';
import { TASK_CONTRACTS } from './task-contracts.ts';

/** Everything a schema cannot see: names that do not exist, rows that could match nothing, choices that run in a circle. */
export function checkReferences(definition: WorkflowDefinition): string[] {
  const faults: string[] = [];
  const known = new Set([...SCOPE_NAMES, ...Object.keys(definition.variables)]);
  const targets = new Set([...Object.keys(definition.states), ...Object.keys(definition.terminal), ...Object.keys(definition.choices)]);
  const checkPaths = (place: string, paths: string[]): void => {
    for (const path of paths) if (!known.has(path.split('.')[0] ?? '')) faults.push(`${place}: nothing is called '${path}'`);
  };
  const checkSet = (place: string, set: Record<string, Expression> = {}): void => {
    for (const [name, expression] of Object.entries(set)) {
      if (!Object.hasOwn(definition.variables, name)) faults.push(`${place}: '${name}' is not a variable`);
      checkPaths(place, pathsOf(expression));
    }
  };
  const checkArrows = (place: string, arrows: Arrow[], exhaustive: boolean): void => {
    for (const arrow of arrows) {
      if (!targets.has(arrow.to)) faults.push(`${place}: there is no state '${arrow.to}'`);
      checkPaths(place, arrow.when === undefined ? [] : guardPaths(arrow.when));
      checkPaths(place, textPaths(arrow.reason ?? ''));
      checkSet(place, arrow.set);
    }
    if (exhaustive && arrows.at(-1)?.when !== undefined)
      faults.push(`${place}: the last arrow must have no guard, else a run could stand still`);
  };

  for (const name of Object.keys(definition.variables))
    if (SCOPE_NAMES.includes(name)) faults.push(`variables: '${name}' is a reserved name`);
  for (const [name, task] of Object.entries(definition.tasks)) {
    const place = `tasks.${name}`;
    if (TASK_CONTRACTS[task.contract] === undefined) faults.push(`${place}: there is no contract '${task.contract}'`);
    checkPaths(place, [task.limit_minutes, task.identity ?? null, ...Object.values(task.payload)].flatMap(pathsOf));
    for (const step of task.completed) {
      checkSet(place, step.set);
      checkPaths(place, step.when === undefined ? [] : guardPaths(step.when));
    }
    for (const emit of task.emits) checkPaths(place, Object.values(emit.data).flatMap(pathsOf));
  }
  for (const [name, state] of Object.entries(definition.states)) {
    const place = `states.${name}`;
    if (Object.hasOwn(definition.terminal, name) || Object.hasOwn(definition.choices, name)) faults.push(`${place}: the name is taken`);
    if (state.task !== undefined && definition.tasks[state.task] === undefined) faults.push(`${place}: there is no task '${state.task}'`);
    if (state.task !== undefined && state.completed === undefined) faults.push(`${place}: a state with a task needs 'completed'`);
    checkSet(place, state.enter);
    checkArrows(`${place}.completed`, state.completed ?? [], state.completed !== undefined);
    checkArrows(`${place}.failed`, state.failed ?? [], false);
    for (const [signal, arrows] of Object.entries(state.signals)) checkArrows(`${place}.signals.${signal}`, arrows, false);
  }
  for (const name of [definition.entry, definition.start])
    if (definition.states[name] === undefined) faults.push(`there is no state '${name}'`);
  for (const [name, arrows] of Object.entries(definition.choices)) {
    checkArrows(`choices.${name}`, arrows, true);
    if (reachesItself(definition, name, name)) faults.push(`choices.${name}: leads back to itself`);
  }
  for (const [name, timer] of Object.entries(definition.timers)) {
    for (const state of [...timer.starts_on, ...timer.stops_on]) {
      if (definition.states[state] === undefined) faults.push(`timers.${name}: there is no state '${state}'`);
    }
    checkPaths(`timers.${name}`, pathsOf(timer.minutes));
    checkArrows(`timers.${name}`, timer.fired, true);
  }
  for (const [name, arrows] of Object.entries(definition.signals)) checkArrows(`signals.${name}`, arrows, false);
  checkArrows('brakes', definition.brakes, false);
  checkArrows('failed', definition.failed, true);
  checkArrows('expired', definition.expired, true);
  checkPaths('limits', Object.values(definition.limits).flatMap(pathsOf));
  checkPaths('snapshot', [definition.evidence, definition.gain_pct, ...Object.values(definition.snapshot)].flatMap(pathsOf));
  return faults;
}

function reachesItself(definition: WorkflowDefinition, start: string, from: string, seen = new Set<string>()): boolean {
  return (definition.choices[from] ?? []).some(({ to }) => {
    if (to === start) return true;
    if (seen.has(to)) return false;
    seen.add(to);
    return reachesItself(definition, start, to, seen);
  });
}
