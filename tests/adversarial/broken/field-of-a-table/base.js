/** Rows of `name;amount` lines, the last one of each name. */
export function latestAmounts(text) {
  const rows = text.split('\n').filter((line) => line.includes(';'));
  const latest = rows.reduce((known, line) => {
    const [name, amount] = line.split(';');
    return { ...known, [name.trim()]: Number(amount) };
  }, {});
  return Object.entries(latest).map(([name, amount]) => `${name}: ${amount}`);
}
