/** Settings as text, own keys only. */
export function describe(settings) {
  return Object.keys(settings).map((key) => `${key}=${settings[key]}`).join('&');
}
