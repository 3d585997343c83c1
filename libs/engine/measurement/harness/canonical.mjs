// A typed, canonical text of a value: two values have the same text exactly when they are deeply the same. Kept apart are
// -0 and 0, undefined and holes, key order of objects, insertion order of Map and Set, prototypes by constructor name,
// accessors, shared references and cycles. Not seen: private fields, closures, the stacks of errors.
import * as p from './primordials.mjs';

const PREVIEW_CHARS = 8000;
const CHUNK = 4096;

/** Text on the work stack; its prototype tells it from every value that could be canonicalised. */
const textPrototype = { __proto__: null };
const literal = (text) => ({ __proto__: textPrototype, text });
const isText = (value) => typeof value === 'object' && value !== null && p.getPrototypeOf(value) === textPrototype;

function primitive(value) {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
      return p.objectIs(value, -0) ? 'd-0' : `d${value}`;
    case 'bigint':
      return `i${value}`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'undefined':
      return 'u';
    case 'symbol':
      return `y${p.keyFor(value) ?? ''}|${p.call(p.symbolDescription, value) ?? ''}`;
    default:
      return 'n';
  }
}

function ownName(target) {
  const found = p.getOwnPropertyDescriptor(target, 'name');
  return typeof found?.value === 'string' ? found.value : '';
}

function prototypeName(value) {
  const prototype = p.getPrototypeOf(value);
  if (prototype === null) return 'null';
  const found = p.getOwnPropertyDescriptor(prototype, 'constructor');
  return typeof found?.value === 'function' ? ownName(found.value) : '?';
}

/** Content that is not in properties, as text and further values. */
function inner(value, out) {
  if (p.isMap(value)) {
    p.call(p.mapForEach, value, (v, k) => {
      p.call(p.push, out, k, v);
    });
    return 'M';
  }
  if (p.isSet(value)) {
    p.call(p.setForEach, value, (v) => {
      p.call(p.push, out, v);
    });
    return 'S';
  }
  if (p.isDate(value)) return `D${p.call(p.dateTime, value)}`;
  if (p.isRegExp(value)) return `R${p.call(p.regexpToString, value)}`;
  if (p.isTypedArray(value)) return `T${p.call(p.typedArrayTag, value)}${digestOfBytes(value)}`;
  if (p.isDataView(value) || p.isAnyArrayBuffer(value)) return `B${digestOfBytes(value)}`;
  if (p.isNativeError(value)) return 'E';
  if (p.isPromise(value)) return 'P';
  if (p.isArray(value)) return `A${value.length}`;
  if (p.isBoxedPrimitive(value)) return `X${boxed(value)}`;
  return 'O';
}

function boxed(value) {
  for (const kind in p.valueOf) {
    try {
      return primitive(p.call(p.valueOf[kind], value));
    } catch {
      // another kind of box
    }
  }
  return '?';
}

function digestOfBytes(view) {
  const hash = p.newHash();
  p.feed(hash, p.viewBytes(view));
  return p.digest(hash);
}

function header(value, children) {
  const contents = [];
  const tag = inner(value, contents);
  const bytes = p.isTypedArray(value);
  const keys = bytes ? [] : p.ownKeys(value);
  for (let i = 0; i < contents.length; i++) p.call(p.push, children, contents[i]);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key === 'stack' && tag === 'E') continue;
    if (key === 'length' && p.isArray(value)) continue;
    const found = p.getOwnPropertyDescriptor(value, key);
    if (found === undefined) continue;
    p.call(p.push, children, literal(`${found.enumerable ? 'k' : 'h'}${primitive(key)}${found.get || found.set ? '=accessor' : '='}`));
    if (!found.get && !found.set) p.call(p.push, children, found.value);
  }
  return `${tag}<${prototypeName(value)}>{`;
}

/** SHA-256 of the canonical text and its beginning. */
export function canonical(root) {
  const hash = p.newHash();
  const seen = new Map();
  const stack = [root];
  let chunk = '';
  let preview = '';
  const emit = (text) => {
    if (preview.length < PREVIEW_CHARS) preview += text;
    chunk += text;
    if (chunk.length < CHUNK) return;
    p.feed(hash, p.bytesOf(chunk));
    chunk = '';
  };
  while (stack.length > 0) {
    const value = p.call(p.pop, stack);
    if (isText(value)) emit(value.text);
    else if (typeof value === 'function') emit(`F${ownName(value)};`);
    else if (typeof value !== 'object' || value === null) emit(`${primitive(value)};`);
    else {
      const index = p.call(p.mapGet, seen, value);
      if (index !== undefined) {
        emit(`r${index};`);
        continue;
      }
      p.call(p.mapSet, seen, value, p.call(p.mapSize, seen));
      const children = [];
      emit(header(value, children));
      p.call(p.push, stack, literal('}'));
      for (let i = children.length - 1; i >= 0; i--) p.call(p.push, stack, children[i]);
    }
  }
  p.feed(hash, p.bytesOf(chunk));
  return { sha256: p.digest(hash), preview: p.call(p.slice, preview, 0, PREVIEW_CHARS) };
}
