import { percent } from '../../derive/format.ts';
import { type Html, html } from '../html.ts';

/** A share of the profile: the whole call in a light tone, the function's own part in a strong one. */
export const shareBar = (inclusive: number, self: number): Html =>
  html`<span class="share" role="img" aria-label="${percent(inclusive * 100)} of the profile, ${percent(self * 100)} of its own"><span class="inclusive" style="width:${clamp(inclusive)}%"></span><span class="self" style="width:${clamp(self)}%"></span></span>`;

/** A part of a whole, such as faults noticed. */
export const meter = (part: number, whole: number): Html =>
  html`<span class="share" role="img" aria-label="${part} of ${whole}"><span class="self" style="width:${clamp(whole === 0 ? 0 : part / whole)}%"></span></span>`;

const clamp = (share: number): string => (Math.min(1, Math.max(0, share)) * 100).toFixed(1);
