/** A value that tells when it changes. */
export function observable(initial) {
  let value = initial;
  let subscribers = [];
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const subscriber of subscribers) subscriber(next);
    },
    subscribe(subscriber) {
      subscribers = [...subscribers, subscriber];
      return () => {
        subscribers = subscribers.slice();
        subscribers.splice(subscribers.indexOf(subscriber), 1);
      };
    },
  };
}
