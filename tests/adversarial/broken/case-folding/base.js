/** Whether two names are the same, whatever their case. */
export function sameName(a, b) {
  return a.toLowerCase().normalize('NFC') === b.toLowerCase().normalize('NFC');
}
