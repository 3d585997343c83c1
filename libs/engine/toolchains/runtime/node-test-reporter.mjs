// Writes what node:test tells as one JSON object a line. Runs inside the sandbox, with the repository's tests.
const kept = new Set(['test:start', 'test:pass', 'test:fail', 'test:dequeue', 'test:complete']);

export default async function* lines(source) {
  for await (const { type, data } of source) {
    if (!kept.has(type)) continue;
    const error = data.details?.error;
    yield `${JSON.stringify({
      type,
      name: data.name,
      nesting: data.nesting,
      file: data.file ?? null,
      kind: data.details?.type ?? 'test',
      duration_ms: data.details?.duration_ms ?? null,
      skip: data.skip !== undefined && data.skip !== false,
      todo: data.todo !== undefined && data.todo !== false,
      failure: error?.failureType ?? null,
      message: type === 'test:fail' ? String(error?.cause?.message ?? error?.message ?? error ?? '').slice(0, 2000) : null,
    })}\n`;
  }
}
