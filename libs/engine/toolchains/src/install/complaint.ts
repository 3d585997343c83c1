const NOISE = /complete log of this run|^npm (error|ERR!)\s*$|A complete log|_logs\/|^\s*at |^npm (warn|notice|WARN)|^info |^\s*$/;

/** The line of a package manager's or compiler's output that says what was wrong, at most 300 characters. */
export function lastSentence(output: string): string {
  const lines = output.split('\n').filter((line) => !NOISE.test(line));
  const telling = lines.filter(
    (line) => /\b(\w*err(or)?|fail(ed|ure)?|not found|cannot|missing)\b/i.test(line) && !/^npm (error|ERR!) code /.test(line),
  );
  const code = lines.find((line) => /^npm (error|ERR!) code /.test(line))?.replace(/^npm (error|ERR!) code /, '');
  const line = (telling[0] ?? lines.at(-1) ?? 'it said nothing').replace(/^npm (error|ERR!)\s*/, '').trim();
  return (code === undefined || line.includes(code) ? line : `${code}: ${line}`).slice(0, 300);
}
