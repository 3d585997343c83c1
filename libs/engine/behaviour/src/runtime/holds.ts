/** Whether an object is the value or can be reached from it by own properties. Its text is part of generated tests. */
export function holds(value: unknown, wanted: unknown): boolean {
  if (Object(wanted) !== wanted) return false;
  const queue = [value];
  const seen = new Set(queue);
  for (const item of queue) {
    if (item === wanted) return true;
    if (Object(item) !== item || seen.size > 2000) continue;
    for (const { value: inner } of Object.values(Object.getOwnPropertyDescriptors(item)))
      if (!seen.has(inner)) {
        seen.add(inner);
        queue.push(inner);
      }
  }
  return false;
}
