export class Bus {
  constructor() {
    this.handlers = {};
  }
  on(name, handler) {
    this.handlers[name] = (this.handlers[name] || []).concat([handler]);
    return () => {
      this.handlers[name] = this.handlers[name].filter((other) => other !== handler);
    };
  }
  emit(name, ...args) {
    const list = this.handlers[name] || [];
    list.forEach((handler) => handler(...args));
    return list.length;
  }
}
