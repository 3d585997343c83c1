import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Node } from '../runtime/graph.ts';
import type { FunctionCounts, RecordLine } from '../runtime/record-log.ts';

export type StepLine = RecordLine & { t: 'step' };
export type CallLine = RecordLine & { t: 'call' };

export interface RecordedStep extends StepLine {
  thrown: boolean;
  touched: number[];
  logs: { node: number; answers: Answer[]; nodes: Node[] }[];
}

export interface ProcessRecords {
  steps: RecordedStep[];
  calls: CallLine[];
}

export interface Records {
  processes: ProcessRecords[];
  counts: Map<number, FunctionCounts>;
}

/** Reads what the instrumented processes wrote; a last line cut off by a kill is ignored. */
export function readRecords(folder: string): Records {
  const out: Records = { processes: [], counts: new Map() };
  if (!existsSync(folder)) return out;
  for (const name of readdirSync(folder).sort()) {
    const steps = new Map<number, RecordedStep>();
    const calls: CallLine[] = [];
    let counts: [number, FunctionCounts][] = [];
    for (const text of readFileSync(join(folder, name), 'utf8').split('\n')) {
      const line = parse(text);
      if (line?.t === 'step') steps.set(line.n, { ...line, thrown: false, touched: [], logs: [] });
      else if (line?.t === 'end')
        Object.assign(steps.get(line.n) ?? {}, { thrown: line.kind === 'throw', touched: line.touched, logs: line.logs });
      else if (line?.t === 'late') replaceLog(steps.get(line.n)?.logs ?? [], line.log);
      else if (line?.t === 'touch') steps.get(line.n)?.touched.push(line.id);
      else if (line?.t === 'call') calls.push(line);
      else if (line?.t === 'counts') counts = line.counts;
    }
    out.processes.push({ steps: [...steps.values()], calls });
    for (const [id, one] of counts) out.counts.set(id, merge(out.counts.get(id), one));
  }
  return out;
}

/** What an iterator gave after its call had ended takes the place of what was known then. */
function replaceLog(logs: RecordedStep['logs'], log: RecordedStep['logs'][number]): void {
  const at = logs.findIndex((other) => other.node === log.node);
  if (at >= 0) logs[at] = log;
}

function parse(text: string): RecordLine | null {
  try {
    return text === '' ? null : (JSON.parse(text) as RecordLine);
  } catch {
    return null;
  }
}

function merge(a: FunctionCounts | undefined, b: FunctionCounts): FunctionCounts {
  if (!a) return b;
  const sum = (x: Record<string, number>, y: Record<string, number>): Record<string, number> => {
    const out = { ...x };
    for (const [key, value] of Object.entries(y)) out[key] = (out[key] ?? 0) + value;
    return out;
  };
  return {
    calls: a.calls + b.calls,
    thrown: a.thrown + b.thrown,
    sizes: sum(a.sizes, b.sizes),
    shapes: sum(a.shapes, b.shapes),
    not_carried: sum(a.not_carried, b.not_carried),
  };
}
