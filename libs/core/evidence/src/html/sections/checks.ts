import type { Check } from '@codeoptima/contracts';
import { count, milliseconds, plural, shorten } from '../../derive/format.ts';
import type { BehaviourEvidence } from '../../schema/behaviour.ts';
import type { TestComparison } from '../../schema/candidate.ts';
import { meter } from '../charts/bars.ts';
import { type Html, html, NOTHING } from '../html.ts';

const DETAIL_LENGTH = 280;
const ITEM_LENGTH = 320;

const SIGNS: Record<Check['outcome'], readonly [string, string]> = {
  passed: ['✓', 'good'],
  failed: ['✗', 'bad'],
  warning: ['!', 'warn'],
  skipped: ['–', 'muted'],
};

/** Every rung of the ladder with its verdict. */
export function checkList(checks: readonly Check[]): Html {
  if (checks.length === 0) return html`<p class="note">No check was recorded.</p>`;
  return html`<ul class="checks">${checks.map(({ name, outcome, detail, duration_ms }) => {
    const [sign, css] = SIGNS[outcome];
    return html`<li><span class="${css}" aria-label="${outcome}">${sign}</span><span>${name.replaceAll('_', ' ')}</span><span class="what">${shorten(detail, DETAIL_LENGTH)}</span><span class="time">${milliseconds(duration_ms)}</span></li>`;
  })}</ul>`;
}

export function testSection(tests: TestComparison | null): Html {
  if (tests === null) return NOTHING;
  return html`<h3>The repository's own tests</h3>
    <p>${tests.before.passed} of ${tests.before.total} passed before, ${tests.after.passed} of ${tests.after.total} after, compared test by test.</p>
    ${tests.regressed.length === 0 ? NOTHING : html`<p class="bad">Passed before and not now:</p>${list(tests.regressed)}`}`;
}

/** What replay and search compared, how strong that was, and what it did not reach. */
export function behaviourSection(behaviour: BehaviourEvidence | null): Html {
  if (behaviour === null) return html`<h3>Behaviour</h3><p class="note">Replay was not reached.</p>`;
  const { functions, sessions, searched, difference, warnings, uncovered } = behaviour;
  const names = functions.map(({ name }) => name).join(', ');
  return html`<h3>Behaviour</h3>
    <p>${count(sessions)} captured ${sessions === 1 ? 'session was' : 'sessions were'} replayed on both versions${names === '' ? '' : ` of ${names}`} and ${count(searched)} further inputs searched:
    results, changed arguments, errors and callbacks ${difference !== null ? 'were compared.' : warnings.length === 0 ? 'were the same.' : 'were the same within what the functions accept.'}</p>
    ${difference === null ? NOTHING : differenceCard(difference)}
    ${strength(behaviour)}
    ${warnings.length === 0 ? NOTHING : html`<p class="warn">Differences outside it, worth a look:</p>${list(warnings)}`}
    ${uncovered.length === 0 ? NOTHING : html`<p class="note">Not reached by any session:</p>${list(uncovered)}`}`;
}

function differenceCard(difference: NonNullable<BehaviourEvidence['difference']>): Html {
  return html`<div class="card"><h3 class="bad">Smallest input on which they differ (${difference.function}, ${difference.domain === 'in' ? 'within' : 'outside'} what it accepts)</h3>
    <pre>${difference.input}</pre><p class="note">before</p><pre>${difference.base}</pre><p class="note">after</p><pre>${difference.candidate}</pre></div>`;
}

function strength({ oracle_strength }: BehaviourEvidence): Html {
  if (oracle_strength === null) return NOTHING;
  const { mutants, killed, equivalent, survivors } = oracle_strength;
  const whole = mutants - equivalent;
  return html`<p>How strong was this check? Of ${plural(whole, 'fault')} planted in the old code, ${killed} were noticed (${whole === 0 ? '–' : `${Math.round((killed / whole) * 100)} %`}).</p>
    <div style="max-width:280px">${meter(killed, whole)}</div>${survivors.length === 0 ? NOTHING : html`<details><summary><div>Faults that went unnoticed</div></summary><div class="inside">${list(survivors)}</div></details>`}`;
}

const SHOWN = 60;

/** A bounded list; the rest is counted. */
export const list = (items: readonly string[]): Html =>
  html`<ul class="plain">${items.slice(0, SHOWN).map((item) => html`<li><code>${shorten(item, ITEM_LENGTH)}</code></li>`)}${items.length > SHOWN ? html`<li class="muted">and ${items.length - SHOWN} more in evidence.json</li>` : NOTHING}</ul>`;
