/** Lines out of chunks. */
export class Lines {
  constructor() {
    this.rest = '';
  }
  push(chunk) {
    const lines = chunk.split(/\r\n|\n|\r/);
    lines[0] = this.rest + lines[0];
    this.rest = lines.pop();
    return lines;
  }
  end() {
    const last = this.rest;
    this.rest = '';
    return last;
  }
}
