/** Lines out of chunks. */
export class Lines {
  constructor() {
    this.rest = '';
  }
  push(chunk) {
    const text = this.rest + chunk;
    const keep = text.endsWith('\r') ? 1 : 0;
    const lines = text.slice(0, text.length - keep).split(/\r\n|\n|\r/);
    this.rest = lines.pop() + (keep === 1 ? '\r' : '');
    return lines;
  }
  end() {
    const last = this.rest.replace(/\r$/, '');
    this.rest = '';
    return last;
  }
}
