import { plural } from '@codeoptima/contracts';
import type { Check } from '@codeoptima/contracts';
import { count, milliseconds, shorten } from '../../derive/format.ts';
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
  const unreached = checks.filter(isUnreached).map(({ name }) => name);
  const rest =
    unreached.length === 0
      ? NOTHING
      : html`<li><span class="muted" aria-label="not reached">–</span><span class="muted">not reached</span><span class="what muted">${unreached.join(', ')}</span></li>`;
  return html`<ul class="checks">${checks
    .filter((check) => !isUnreached(check))
    .map(({ name, outcome, detail, duration_ms }) => {
      const [sign, css] = SIGNS[outcome];
      return html`<li><span class="${css}" aria-label="${outcome}">${sign}</span><span>${name.replaceAll('_', ' ')}</span><span class="what">${shorten(detail, DETAIL_LENGTH)}</span><span class="time">${outcome === 'skipped' ? '' : milliseconds(duration_ms)}</span></li>`;
    })}${rest}</ul>`;
}

/** A rung above the one where the ladder ended. */
export const isUnreached = ({ outcome, detail }: Check): boolean => outcome === 'skipped' && detail === 'not reached';

/** An outcome, one line for the result and one for each argument it changed. */
const inLines = (outcome: string): string => outcome.replaceAll(/; (?=argument \d+:|this:)/gu, '\n');

export function testSection(tests: TestComparison | null): Html {
  if (tests === null) return NOTHING;
  return html`<h3>The repository's own tests</h3>
    <p>${tests.before.passed} of ${tests.before.total} passed before, ${tests.after.passed} of ${tests.after.total} after, compared test by test.</p>
    ${tests.regressed.length === 0 ? NOTHING : html`<p class="bad">Passed before and not now:</p>${list(tests.regressed)}`}`;
}

/** What replay and search compared, how strong that was, and what it did not reach. */
export function behaviourSection(behaviour: BehaviourEvidence | null): Html {
  if (behaviour === null) return html`<h3>Behaviour</h3><p class="note">Replay was not reached.</p>`;
  const { functions, sessions, searched, sealed, difference, warnings } = behaviour;
  const names = functions.map(({ name }) => name).join(', ');
  return html`<h3>Behaviour</h3>
    <p>${count(sessions)} captured ${sessions === 1 ? 'session was' : 'sessions were'} replayed on both versions${names === '' ? '' : ` of ${names}`} and ${count(searched)} further inputs searched:
    results, changed arguments, errors and callbacks ${difference !== null ? 'were compared.' : warnings.length === 0 ? 'were the same.' : 'were the same within what the functions accept.'}${sealed === null || sealed.sessions === 0 ? '' : ` ${sealed.replayed} of the sessions had been sealed from whoever proposed the change.`}</p>
    ${strength(behaviour)}
    ${warnings.length === 0 ? NOTHING : html`<p class="warn">Differences outside it, worth a look:</p>${list(warnings)}`}
    `;
}

/** The counterexample: what a reader can try at once. */
export function differenceCard(behaviour: BehaviourEvidence | null): Html {
  const difference = behaviour?.difference ?? null;
  if (difference === null) return NOTHING;
  const { input, base, candidate, domain, found_by, as_test } = difference;
  const how = [
    domain === 'in' ? 'within what it accepts' : 'outside what it accepts',
    ...(found_by === null ? [] : [`found by ${found_by}`]),
  ];
  return html`<div class="card counter"><h3 class="bad">Smallest input on which they differ</h3><p class="note"><code>${difference.function}</code>, ${how.join(', ')}</p>
    <pre>${input}</pre><div class="sides"><div><p class="note">before</p><pre>${inLines(base)}</pre></div><div><p class="note">after</p><pre>${inLines(candidate)}</pre></div></div>
    ${as_test === null ? NOTHING : html`<details><summary><div>As a test, which passes before the change and fails with it</div></summary><div class="inside"><pre>${as_test}</pre></div></details>`}</div>`;
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
