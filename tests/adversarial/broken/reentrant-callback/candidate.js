/** Listeners of one event. */
export class Signal {
  listeners = [];
  on(listener) {
    this.listeners.push(listener);
    return () => { const at = this.listeners.indexOf(listener); if (at !== -1) this.listeners.splice(at, 1); };
  }
  emit(value) {
    const { listeners } = this;
    for (let i = 0; i < listeners.length; i++) listeners[i](value);
    return listeners.length;
  }
}
