/** Settings as text, own keys only. */
export function describe(settings) {
  let text = '';
  for (const key in settings) text += (text === '' ? '' : '&') + key + '=' + settings[key];
  return text;
}
