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
    if (last !== undefined && span.from <= last.to) out[out.length - 1] = new Span(last.from, Math.max(last.to, span.to));
    else out.push(new Span(span.from, span.to));
  }
  return out;
}
