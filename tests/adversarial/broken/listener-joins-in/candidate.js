export class Bus {
  constructor() {
    this.handlers = {};
  }
  on(name, handler) {
    const list = this.handlers[name] || (this.handlers[name] = []);
    list.push(handler);
    return () => {
      this.handlers[name] = this.handlers[name].filter((other) => other !== handler);
    };
  }
  emit(name, ...args) {
    const list = this.handlers[name] || [];
    for (const handler of list) handler(...args);
    return list.length;
  }
}
