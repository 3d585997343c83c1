/** Rows of `name;amount` lines, the last one of each name. */
export function latestAmounts(text) {
  const latest = {};
  for (const line of text.split('\n')) {
    if (!line.includes(';')) continue;
    const [name, amount] = line.split(';');
    latest[name.trim()] = Number(amount);
  }
  return Object.entries(latest).map(([name, amount]) => `${name}: ${amount}`);
}
