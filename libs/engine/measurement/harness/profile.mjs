// Profiles one workload: call counts of one operation by precise coverage, then CPU samples of many. The profile leaves as
// call-tree nodes with their own time; source maps of what was loaded come along, since transformed sources exist only here.
import { Session } from 'node:inspector';
import { findSourceMap } from 'node:module';
import { hide, load, start } from './loading.mjs';
import * as p from './primordials.mjs';

const SAMPLING_INTERVAL_US = 500;
const OPERATIONS_MAX = 1e6;

const session = new Session();
session.connect();
const post = (method, parameters) =>
  new Promise((resolve, reject) => {
    session.post(method, parameters, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });

async function operate(fn, n) {
  for (let i = 0; i < n; i++) {
    const result = fn();
    if (typeof result === 'object' && result !== null && typeof result.then === 'function') await result;
  }
}

/** Calls of each function during one operation, by file. */
async function countCalls(fn, own) {
  await post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await operate(fn, 1);
  const { result } = await post('Profiler.takePreciseCoverage');
  await post('Profiler.stopPreciseCoverage');
  return result
    .filter((script) => own(script.url))
    .map(({ url, functions }) => ({
      url,
      functions: functions
        .filter((f) => f.ranges[0].count > 0)
        .map((f) => ({ name: f.functionName, start: f.ranges[0].startOffset, end: f.ranges[0].endOffset, count: f.ranges[0].count })),
    }))
    .filter((script) => script.functions.length > 0);
}

/** Runs operations for about `duration_ms`; how many, and the CPU time they took: neighbours slow the wall clock, not that. */
async function runFor(fn, duration_ms) {
  const began = p.wallNow();
  const cpu = p.cpuNow();
  let done = 0;
  let n = 1;
  do {
    await operate(fn, n);
    done += n;
    if (p.wallNow() - began < duration_ms * 2e5) n = Math.min(n * 2, OPERATIONS_MAX);
  } while (p.wallNow() - began < duration_ms * 1e6);
  return { operations: done, duration_ns: Math.max(1, p.cpuNow() - cpu) };
}

/** Own time of each node from the samples between two times, in microseconds since the profile began. */
function ownTimes(profile, from_us, to_us) {
  const self = new Map();
  let at = 0;
  for (let i = 0; i < profile.samples.length; i++) {
    const spent = Math.max(0, profile.timeDeltas[i]);
    at += spent;
    if (at < from_us || at > to_us) continue;
    const id = profile.samples[i];
    self.set(id, (self.get(id) ?? 0) + spent);
  }
  return profile.nodes.map(({ id, callFrame, children }) => ({
    id,
    name: callFrame.functionName,
    url: callFrame.url,
    line: callFrame.lineNumber,
    column: callFrame.columnNumber,
    self_us: self.get(id) ?? 0,
    children: children ?? [],
  }));
}

function mapsOf(urls) {
  const maps = {};
  for (const url of urls) {
    const payload = findSourceMap(url)?.payload;
    if (payload?.mappings)
      maps[url] = { version: 3, sources: payload.sources, sourceRoot: payload.sourceRoot, names: [], mappings: payload.mappings };
  }
  return maps;
}

async function profile(request) {
  await post('Profiler.enable');
  await post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
  // On before anything is compiled: the engine keeps the positions of inlined calls only for code it compiles while profiling.
  await post('Profiler.start');
  const began = p.wallNow();
  const loaded = await load(request);
  const { fn } = await start(loaded, request.size);
  await operate(fn, 1);
  const own = (url) => url.startsWith(request.root_url) && !url.includes('/node_modules/');
  const coverage = await countCalls(fn, own);
  await runFor(fn, request.warmup_ms);
  const from_us = (p.wallNow() - began) / 1e3;
  const ran = await runFor(fn, request.duration_ms);
  const to_us = (p.wallNow() - began) / 1e3;
  const nodes = ownTimes((await post('Profiler.stop')).profile, from_us, to_us);
  const urls = [...new Set([...nodes.map((n) => n.url), ...coverage.map((c) => c.url)])].filter(own);
  return { ...ran, nodes, coverage, maps: mapsOf(urls), sizes: loaded.sizes };
}

const request = p.parse(p.readInput());
const answer = p.openSync(request.answer_path, 'wx', 0o600);
hide();
let body;
try {
  body = { ok: true, profile: await profile(request) };
} catch (error) {
  body = { ok: false, message: error instanceof Error ? error.message : 'something that is no error was thrown' };
}
const text = p.stringify(body);
p.writeSync(answer, `${p.sign(request.key, text)}\n${text}`);
p.leave(0);
