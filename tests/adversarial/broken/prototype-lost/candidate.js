export class Span {
  constructor(from, to) {
    this.from = from;
    this.to = to;
  }

  length() {
    return this.to - this.from;
  }
}

/** Spans joined where they touch, in order. */
export function joined(spans) {
  const out = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else out.push({ from: span.from, to: span.to });
  }
  return out;
}
