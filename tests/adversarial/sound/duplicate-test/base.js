/** Whether something occurs twice. */
export function hasDuplicates(items) {
  return items.some((item, index) => items.indexOf(item) !== index);
}
