/* oxlint-disable typescript/unbound-method -- taking methods off their prototypes is what this module is for */
// Everything the harness relies on, taken before any foreign code is loaded, so that patching a global later neither
// changes a measurement nor goes unnoticed. Calls below go through `call`, never through a method of a value.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import util from 'node:util';

const { apply, ownKeys, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;

/** Calls `method` of a prototype on `self`; a rest array is made by the engine and needs no patched iterator. */
export const call = (method, self, ...args) => apply(method, self, args);
export { apply, getOwnPropertyDescriptor, getPrototypeOf, ownKeys };

export const { is: objectIs } = Object;
export const { isArray } = Array;
export const { keyFor } = Symbol;
export const { stringify, parse } = JSON;
export const { isMap, isSet, isDate, isRegExp, isNativeError, isTypedArray, isDataView, isAnyArrayBuffer, isPromise, isBoxedPrimitive } =
  util.types;
export const mapForEach = Map.prototype.forEach;
export const setForEach = Set.prototype.forEach;
export const mapGet = Map.prototype.get;
export const mapSet = Map.prototype.set;
export const mapSize = getOwnPropertyDescriptor(Map.prototype, 'size').get;
export const push = Array.prototype.push;
export const pop = Array.prototype.pop;
export const join = Array.prototype.join;
export const dateTime = Date.prototype.getTime;
export const regexpToString = RegExp.prototype.toString;
export const symbolDescription = getOwnPropertyDescriptor(Symbol.prototype, 'description').get;
export const valueOf = {
  number: Number.prototype.valueOf,
  string: String.prototype.valueOf,
  boolean: Boolean.prototype.valueOf,
  bigint: BigInt.prototype.valueOf,
  symbol: Symbol.prototype.valueOf,
};
const typedArrayPrototype = getPrototypeOf(Uint8Array.prototype);
export const typedArrayTag = getOwnPropertyDescriptor(typedArrayPrototype, Symbol.toStringTag).get;
export const slice = String.prototype.slice;

const bufferFrom = Buffer.from;
export const bytesOf = (text) => bufferFrom(text, 'utf16le');
export const viewBytes = (view) => bufferFrom(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);

const { createHash, createHmac } = crypto;
const hashUpdate = crypto.Hash.prototype.update;
const hashDigest = crypto.Hash.prototype.digest;
const hmacUpdate = crypto.Hmac.prototype.update;
const hmacDigest = crypto.Hmac.prototype.digest;
export const newHash = () => createHash('sha256');
export const feed = (hash, bytes) => call(hashUpdate, hash, bytes);
export const digest = (hash) => call(hashDigest, hash, 'hex');
export const sign = (key, text) => call(hmacDigest, call(hmacUpdate, createHmac('sha256', key), text), 'hex');

const { cpuUsage, threadCpuUsage, memoryUsage, exit } = process;
const { bigint } = process.hrtime;
/** Wall clock in nanoseconds. */
export const wallNow = () => Number(bigint());
/** CPU time of all threads of this process in nanoseconds. */
export const cpuNow = () => {
  const used = call(cpuUsage, process);
  return (used.user + used.system) * 1e3;
};
/** CPU time of this thread alone in nanoseconds, without the engine's helpers. */
export const threadNow = () => {
  const used = call(threadCpuUsage, process);
  return (used.user + used.system) * 1e3;
};
export const { openSync, writeSync, readFileSync, closeSync } = fs;

const PAUSE_MS = 1;
const pauseCell = new Int32Array(new SharedArrayBuffer(4));

/** All of standard input as text. Its pipe may not block, and on a busy machine the request can come after us. */
export function readInput() {
  const chunk = Buffer.alloc(65_536);
  let whole = Buffer.alloc(0);
  for (;;) {
    let length = 0;
    try {
      length = fs.readSync(0, chunk, 0, chunk.length, null);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(pauseCell, 0, 0, PAUSE_MS);
      continue;
    }
    if (length === 0) return whole.toString('utf8');
    whole = Buffer.concat([whole, chunk.subarray(0, length)]);
  }
}
export const heapUsed = () => call(memoryUsage, process).heapUsed;
export const leave = process.reallyExit ? (code) => call(process.reallyExit, process, code) : (code) => call(exit, process, code);
const immediate = setImmediate;
const NativePromise = Promise;
/** Lets everything run that is already due: fire-and-forget work is paid for by whoever started it. */
export const turn = () => new NativePromise((resolve) => immediate(resolve));

// What must be untouched after the measurement. `critical` could forge a figure; a sample in which one changed is void.
const critical = [
  ['process.hrtime', () => process.hrtime],
  ['process.hrtime.bigint', () => process.hrtime.bigint],
  ['process.cpuUsage', () => process.cpuUsage],
  ['process.threadCpuUsage', () => process.threadCpuUsage],
  ['process.memoryUsage', () => process.memoryUsage],
  ['process.exit', () => process.exit],
  ['performance.now', () => performance.now],
  ['globalThis.performance', () => globalThis.performance],
  ['Date.now', () => Date.now],
  ['JSON.stringify', () => JSON.stringify],
  ['crypto.createHash', () => crypto.createHash],
  ['crypto.createHmac', () => crypto.createHmac],
  ['Hash.prototype.update', () => crypto.Hash.prototype.update],
  ['Hash.prototype.digest', () => crypto.Hash.prototype.digest],
  ['fs.writeSync', () => fs.writeSync],
  ['fs.openSync', () => fs.openSync],
  ['Reflect.apply', () => Reflect.apply],
  ['Function.prototype.call', () => Function.prototype.call],
  ['Function.prototype.apply', () => Function.prototype.apply],
  ['Promise', () => globalThis.Promise],
  ['Promise.prototype.then', () => Promise.prototype.then],
  ['setImmediate', () => globalThis.setImmediate],
  ['setTimeout', () => globalThis.setTimeout],
  ['queueMicrotask', () => globalThis.queueMicrotask],
];
const builtins = [
  'Object',
  'Array',
  'String',
  'Number',
  'Map',
  'Set',
  'WeakMap',
  'RegExp',
  'Symbol',
  'Math',
  'Reflect',
  'Error',
  'Uint8Array',
];

function fingerprint() {
  const seen = [];
  for (let i = 0; i < critical.length; i++) seen.push([critical[i][0], critical[i][1](), true]);
  for (const name of builtins) {
    const owner = globalThis[name];
    for (const [label, object] of [
      [name, owner],
      [`${name}.prototype`, owner.prototype],
    ]) {
      if (object === undefined) continue;
      for (const key of ownKeys(object)) {
        const found = getOwnPropertyDescriptor(object, key);
        const path = `${label}.${typeof key === 'symbol' ? call(symbolDescription, key) : key}`;
        seen.push([path, found.value ?? found.get, false, object, key]);
      }
    }
  }
  return seen;
}

const original = fingerprint();

/** Names of what foreign code has replaced since the start: first those that could forge a figure, then other built-ins. */
export function patched() {
  const found = { critical: [], others: [] };
  for (let i = 0; i < original.length; i++) {
    const [path, value, isCritical, object, key] = original[i];
    let now;
    if (isCritical) now = critical[i][1]();
    else {
      const descriptor = getOwnPropertyDescriptor(object, key);
      now = descriptor?.value ?? descriptor?.get;
    }
    if (!objectIs(now, value)) call(push, isCritical ? found.critical : found.others, path);
  }
  return found;
}
