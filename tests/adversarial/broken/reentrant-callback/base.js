/** Listeners of one event. */
export class Signal {
  listeners = [];
  on(listener) { this.listeners.push(listener); return () => { this.listeners = this.listeners.filter((other) => other !== listener); }; }
  emit(value) {
    const now = this.listeners.map((listener) => listener);
    for (const listener of now) listener(value);
    return now.length;
  }
}
