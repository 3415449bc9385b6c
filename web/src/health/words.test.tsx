import { cleanup, render, screen } from '@testing-library/react';
import type { ComponentProps, ReactNode } from 'react';
import { createIntl, IntlProvider } from 'react-intl';
import { MemoryRouter } from 'react-router';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { HealthCheck, SystemHealth } from '../api/contract';
import en from '../i18n/en.json';
import type { useMaybeT } from '../i18n/t';
import { figuresOf } from '../ui/figures';
import { AlarmBar } from './alarm-bar';
import { wordsOf } from './words';

vi.mock('../app/session', () => ({ useSession: () => ({ zone: 'Europe/Berlin' }) }));
afterEach(cleanup);

const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
const NOW = Date.parse('2026-11-25T16:50:00Z');
const missing: unknown[] = [];
const intl = createIntl({ locale: 'en', messages, onError: (error) => missing.push(error) });
const maybe: ReturnType<typeof useMaybeT> = (id, fallback, values) => (id in (messages ?? {}) ? intl.formatMessage({ id }, values) : fallback);
const words = wordsOf(maybe, figuresOf(intl, 'Europe/Berlin'));
const plain = (text: string): string => text.replaceAll(/[\u2066-\u2069]/g, '');

const LAST = '2026-11-24T14:50:00Z';
/** Every code that the server sends, with what it sends along. */
const CODES: Record<string, Record<string, unknown>> = {
  webhook_heard: { last: LAST },
  webhook_never: { since: LAST },
  webhook_silent: { last: LAST },
  webhook_refused: { n: 1, last: LAST },
  callbacks_heard: { last: LAST },
  callbacks_none: {},
  callbacks_refused: { n: 3, last: LAST },
  callbacks_lost: { n: 2, asked: 214 },
  operations_going_through: { n: 0 },
  operations_failing: { failed: 31, of: 52, code: 'ServiceUnavailable' },
  calls_confirmed: { n: 12 },
  calls_unconfirmed: { n: 3, of: 12 },
  store_fast: { ms: 3 },
  store_slow: { ms: 1340 },
  store_failing: { reason: 'No space left on device' },
  space_enough: { free_bytes: 61_000_000_000 },
  space_low: { free_bytes: 4_100_000_000 },
  space_out: { free_bytes: 212_000_000 },
  loop_on_time: { ms: 1 },
  loop_late: { ms: 700 },
  history_up_to_date: { records: 7000, behind: 0 },
  history_behind: { records: 100000, behind: 75000 },
  clock_right: {},
  clock_behind: { seconds: 3720 },
  certificate_good: { expires: '2027-02-03T12:00:00Z', days: 70 },
  certificate_expiring: { expires: '2026-12-16T12:00:00Z', days: 1 },
  certificate_expired: { expires: LAST },
  certificate_elsewhere: {},
  certificate_unreadable: { reason: 'no PEM section' },
  secret_good: { expires: '2027-02-03T12:00:00Z', days: 70 },
  secret_expiring: { expires: '2026-12-16T12:00:00Z', days: 0 },
  secret_expired: { expires: LAST },
  secret_refused: { reason: 'AADSTS7000222' },
  secret_without_expiry: {},
  secret_expiry_unknown: {},
  teams_none: {},
  teams_unchecked: {},
  teams_connected: {},
  teams_incomplete: { since: LAST },
  teams_refused: { since: LAST, code: 'AADSTS7000215', problem: 'Error' },
  teams_revoked: { since: LAST, code: 'AADSTS7000112', problem: 'Error' },
  teams_unreachable: { since: LAST, code: null, problem: 'Error' },
  teams_secret_unknown: {},
  teams_secret_good: { expires: '2027-02-03T12:00:00Z', days: 70 },
  teams_secret_expiring: { expires: '2026-12-06T12:00:00Z', days: 1 },
  teams_secret_expired: { expires: LAST, days: -1 },
  presence_none: {},
  presence_good: { n: 0 },
  presence_behind: { since: LAST, reason: 'Error: Microsoft cannot be reached' },
  presence_unknown: { since: LAST, reason: 'Error: Microsoft cannot be reached' },
  presence_unwritten: { since: LAST, reason: 'Error: Microsoft Graph refused with 403: Forbidden' },
  presence_paused: { n: 2 },
  presence_crowded: { n: 30_000, max: 21_600 },
  presence_polled: { since: LAST, reason: 'Nobody is signed in to Teams for the contact center' },
  presence_told: { n: 1 },
  teams_login_not_needed: {},
  teams_login_nobody: {},
  teams_login_ended: { who: 'owner', expires: LAST, days: -1 },
  teams_login_backup_used: { who: 'owner', expires: LAST, days: -1 },
  teams_login_no_backup: { who: 'backup', expires: null, days: null },
  teams_login_due: { who: 'backup', expires: '2026-12-06T12:00:00Z', days: 9 },
  teams_login_good: { who: 'owner', expires: '2027-02-03T12:00:00Z', days: 70 },
};
const GOOD = /_(heard|none|going_through|confirmed|fast|enough|on_time|up_to_date|right|good|elsewhere|without_expiry|unchecked|connected|told|not_needed|(expiry|secret)_unknown)$/;
/** What is never more than to be watched has no alarm. */
const NEVER_ALARMING = ['webhook_never', 'webhook_silent', 'calls_unconfirmed', 'space_low', 'history_behind', 'clock_behind', 'teams_incomplete', 'teams_unreachable', 'teams_secret_expiring', 'presence_behind', 'presence_unwritten', 'presence_paused', 'presence_crowded', 'presence_polled', 'teams_login_nobody', 'teams_login_ended', 'teams_login_backup_used', 'teams_login_no_backup', 'teams_login_due'];
const check = (code: string, params = CODES[code] ?? {}, more: Partial<HealthCheck> = {}): HealthCheck => ({
  id: code.split('_')[0] ?? '',
  level: GOOD.test(code) ? 'ok' : 'act',
  code,
  since: LAST,
  params: params as HealthCheck['params'],
  what: 'The words of the server.',
  fix: GOOD.test(code) ? null : 'The advice of the server.',
  ...more,
});

describe('the words for what was found', () => {
  test.each(Object.keys(CODES))('%s is told in our words, with every figure it has', (code) => {
    missing.length = 0;
    const said = words.what(check(code), NOW);
    expect(missing).toEqual([]);
    expect(said).not.toBe('The words of the server.');
    expect(said).not.toMatch(/health\.|none|undefined|NaN|Invalid/);
    if (GOOD.test(code)) expect(words.steps(check(code))).toEqual([]);
    else expect(words.steps(check(code))).not.toContain('The advice of the server.');
    if (!GOOD.test(code) && !NEVER_ALARMING.includes(code)) expect(`health.alarm.${code}` in en).toBe(true);
  });

  test('figures, moments and plurals are as people read them', () => {
    const says = (code: string, params?: Record<string, unknown>): string => plain(words.what(check(code, params), NOW));
    expect(says('webhook_silent')).toBe('Event Grid has not delivered a call since Tue, Nov 24, 15:50 (26 hours ago).');
    expect(says('space_out')).toMatch(/^The disk of the data directory is full but for 212 MB\. /);
    expect(says('store_slow')).toBe('The last commit took 1,340 ms: everything that people do waits for it.');
    expect(says('certificate_expiring')).toBe('The certificate expires in 1 day, on Dec 16, 2026.');
    expect(says('secret_expiring')).toBe("The application's secret expires within a day, on Dec 16, 2026.");
    expect(says('clock_behind')).toContain('set back by 1 hour.');
    expect(says('operations_going_through')).toBe('Microsoft carries out what it is asked.');
    expect(says('space_enough', { free_bytes: null })).toBe('The disk of the data directory has room.');
  });

  test('a code that this version does not know is told in the words of the server', () => {
    const unknown = check('moon_in_the_way', { phase: 'full' }, { id: 'the_moon' });
    expect(words.name(unknown)).toBe('The moon');
    expect(words.what(unknown, NOW)).toBe('The words of the server.');
    expect(words.steps(unknown)).toEqual(['The advice of the server.']);
    expect(words.alarm(unknown)).toBe('The words of the server.');
  });

  test('a known code without its figures is told in the words of the server', () => {
    expect(words.what(check('space_out', {}), NOW)).toBe('The words of the server.');
  });

  test('the steps come in their order, and the reason of others as a detail', () => {
    expect(words.steps(check('webhook_silent'))).toHaveLength(3);
    expect(words.steps(check('webhook_silent'))[0]).toMatch(/^Call one of your numbers/);
    expect(words.detail(check('secret_refused'))).toBe('AADSTS7000222');
    expect(words.detail(check('operations_failing'))).toBe('ServiceUnavailable');
    expect(words.detail(check('space_out'))).toBeNull();
  });
});

describe('the alarm bar', () => {
  const report = (...checks: HealthCheck[]): SystemHealth => ({ as_of: LAST, level: checks[0]?.level ?? 'ok', checks });
  const bar = (health: SystemHealth | undefined): ReactNode => (
    <IntlProvider locale="en" messages={messages}>
      <MemoryRouter>
        <AlarmBar health={health} />
      </MemoryRouter>
    </IntlProvider>
  );

  test('it names the first check that must be acted upon, and leads to what to do', () => {
    render(bar(report(check('operations_failing'), check('secret_expired'))));
    expect(screen.getByRole('alert').textContent).toBe('Act now: Requests to Microsoft. Too many of them fail.');
    expect(screen.getByRole('link', { name: 'What to do' }).getAttribute('href')).toBe('/admin/health');
  });

  test('there is none while all is well, nor before anything is known', () => {
    const { rerender } = render(bar(undefined));
    expect(screen.queryByRole('alert')).toBeNull();
    rerender(bar(report(check('calls_confirmed'))));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('a new report of the same finding touches nothing, so it is not spoken again', () => {
    const { rerender, container } = render(bar(report(check('operations_failing'))));
    const changes = new MutationObserver(() => undefined);
    changes.observe(container, { subtree: true, childList: true, characterData: true, attributes: true });
    for (const failed of [32, 40, 51]) {
      rerender(bar({ ...report(check('operations_failing', { failed, of: 60, code: 'Other' }), check('space_low')), as_of: `2026-11-25T16:50:${failed}Z` }));
    }
    expect(changes.takeRecords()).toEqual([]);
    rerender(bar(report(check('secret_expired'))));
    expect(screen.getByRole('alert').textContent).toContain('Secret');
    expect(changes.takeRecords()).not.toEqual([]);
    rerender(bar(report(check('calls_confirmed'))));
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
