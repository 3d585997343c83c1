import type { Metrics } from '@codeoptima/service-kit';

export const watchdogMetrics = (metrics: Metrics) => ({
  leases: metrics.gauge('codeoptima_watchdog_leases', 'Leases under watch.'),
  verdicts: metrics.counter('codeoptima_watchdog_verdicts_total', 'Leases taken back, by reason.', ['kind']),
  kills: metrics.counter('codeoptima_watchdog_kills_total', 'Processes killed since they did not heed their cancel.'),
  breaker: metrics.gauge(
    'codeoptima_watchdog_breaker_open',
    '1 while too many leases are silent at once and nobody is condemned. Alert on it.',
  ),
  held: metrics.gauge('codeoptima_watchdog_held_verdicts', 'Verdicts held back by the breaker.'),
  renewals: metrics.counter('codeoptima_watchdog_renewals_total', 'Outages after which everyone got a full term.', ['cause']),
  quiet: metrics.histogram(
    'codeoptima_watchdog_quiet_seconds',
    'How long the holder had been quiet when it was condemned.',
    [1, 5, 60, 62, 65, 70, 75, 120, 600, 660],
  ),
});

export type WatchdogMetrics = ReturnType<typeof watchdogMetrics>;
