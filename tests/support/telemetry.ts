import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Span {
  service: string;
  trace_id: string;
  span_id: string;
  parent_span_id: string | null;
  name: string;
}

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').filter(Boolean);

/** Every span that the services of a data directory have written so far; they do so once a second. */
export const spansOf = (data_dir: string): Span[] =>
  readdirSync(join(data_dir, 'traces'))
    .flatMap((file) => linesOf(join(data_dir, 'traces', file)))
    .map((line) => JSON.parse(line) as Span);

export interface LogLine {
  agent: string;
  job_id?: string;
  trace_id?: string;
  msg: string;
}

/** The lines of all logs that concern a run. */
export const logOf = (data_dir: string, run_id: string): LogLine[] =>
  readdirSync(join(data_dir, 'logs'))
    .flatMap((file) => linesOf(join(data_dir, 'logs', file)))
    .filter((line) => line.startsWith('{') && line.includes(run_id))
    .map((line) => JSON.parse(line) as LogLine)
    .filter(({ job_id }) => job_id === run_id);
