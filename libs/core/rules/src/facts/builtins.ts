/** Names of the language's own methods, sorted by what they can do. A method of such a name is taken for the language's own unless the receiver is known to be something else. */

const words = (text: string): string[] => text.split(' ');

export const ARRAY_MUTATORS = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin']);

const COLLECTION_MUTATORS = ['add', 'set', 'delete', 'clear', 'append', 'write', 'setTime'];

/** Change their receiver and nothing else. */
export const MUTATING_METHODS = new Set([...ARRAY_MUTATORS, ...COLLECTION_MUTATORS]);

/** Call their first argument once per element, at once, in order. */
export const ITERATING_METHODS = new Set([
  'forEach',
  'map',
  'filter',
  'some',
  'every',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
  'flatMap',
  'reduce',
  'reduceRight',
]);

/** Read their receiver and arguments and change neither (callbacks are judged on their own). */
export const PURE_METHODS = new Set([
  ...ITERATING_METHODS,
  ...words('at concat entries flat includes indexOf join keys lastIndexOf slice toReversed toSorted toSpliced values with charAt'),
  ...words('charCodeAt codePointAt endsWith localeCompare match matchAll normalize padEnd padStart repeat replace replaceAll search'),
  ...words('split startsWith substr substring toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase trim trimEnd trimStart'),
  ...words('toFixed toPrecision toString toLocaleString valueOf toISOString toJSON getTime getFullYear getMonth getDate getDay'),
  ...words('getHours getMinutes getSeconds has get hasOwnProperty subarray format compare'),
]);

/** Pure on the language's own collections, but everyday names of methods that are not; trusted only when the receiver's type is proved. */
export const AMBIGUOUS_METHODS = new Set(['get', 'has', 'entries', 'keys', 'values', 'with', 'format', 'compare', 'toJSON', 'at']);

export const STRING_METHODS = new Set([
  'charAt',
  'normalize',
  'padEnd',
  'padStart',
  'repeat',
  'replace',
  'replaceAll',
  'substr',
  'substring',
  'toLocaleLowerCase',
  'toLocaleUpperCase',
  'toLowerCase',
  'toUpperCase',
  'trim',
  'trimEnd',
  'trimStart',
  'toFixed',
  'toPrecision',
  'toString',
  'toISOString',
  'join',
  'toLocaleString',
]);

export const NUMBER_METHODS = new Set([
  'indexOf',
  'lastIndexOf',
  'charCodeAt',
  'localeCompare',
  'findIndex',
  'findLastIndex',
  'search',
  'getTime',
]);

export const BOOLEAN_METHODS = new Set(['includes', 'startsWith', 'endsWith', 'some', 'every', 'has', 'test', 'hasOwnProperty']);

/** Global functions and constructors that neither change their arguments nor keep them. */
export const PURE_GLOBALS = new Set([
  'String',
  'Number',
  'Boolean',
  'BigInt',
  'Symbol',
  'parseInt',
  'parseFloat',
  'isNaN',
  'isFinite',
  'encodeURIComponent',
  'decodeURIComponent',
  'encodeURI',
  'decodeURI',
  'Set',
  'Map',
  'WeakMap',
  'WeakSet',
  'Array',
  'Date',
  'RegExp',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'Object',
  'Uint8Array',
]);

/** Members of global objects that are pure; `Math.*` is pure as a whole, but for `Math.random`, which only is not repeatable. */
export const PURE_STATICS: Record<string, ReadonlySet<string>> = {
  Object: new Set([
    'keys',
    'values',
    'entries',
    'is',
    'hasOwn',
    'fromEntries',
    'getPrototypeOf',
    'getOwnPropertyNames',
    'create',
    'isFrozen',
  ]),
  Array: new Set(['isArray', 'of', 'from']),
  Number: new Set(['isNaN', 'isFinite', 'isInteger', 'isSafeInteger', 'parseFloat', 'parseInt']),
  String: new Set(['fromCharCode', 'fromCodePoint', 'raw']),
  JSON: new Set(['parse', 'stringify']),
  Buffer: new Set(['from', 'alloc', 'concat', 'byteLength', 'isBuffer', 'compare']),
  Date: new Set(['now', 'parse', 'UTC']),
  Symbol: new Set(['for']),
};

/** String results whatever the receiver, by the standing assumption that such a name means the language's own method. */
export const ALWAYS_STRING_METHODS = new Set(
  words('toString toLowerCase toUpperCase trim trimStart trimEnd padStart padEnd charAt toFixed substring substr'),
);
