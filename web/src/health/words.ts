// The words for what was found: ours by code, with its figures; the server's own for codes that this version does not know.
import { useMemo } from 'react';
import { useIntl } from 'react-intl';
import type { HealthCheck } from '../api/contract';
import { useSession } from '../app/session';
import '../i18n/health';
import { useMaybeT, type Values } from '../i18n/t';
import { figuresOf, type Figures } from '../ui/figures';

/** Keeps a figure in one piece and in its own direction within a text of the other. */
const apart = (text: string): string => `\u2068${text}\u2069`;

/** What a parameter says, by its name; one whose kind is not what the name promises is shown as it came. */
export function valuesOf(check: HealthCheck, figures: Figures, moment: (at: string) => string): Values {
  return Object.fromEntries(Object.entries(check.params).map(([name, value]) => [name, shown(name, value, figures, moment)]));
}

function shown(name: string, value: unknown, figures: Figures, moment: (at: string) => string): Values[string] {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'number') {
    if (name === 'free_bytes') return apart(figures.bytes(value));
    if (name === 'ms') return apart(figures.millis(value));
    if (name === 'seconds') return apart(figures.span(value * 1000));
    return value;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const isInstant = ['last', 'since', 'expires'].includes(name) && !Number.isNaN(Date.parse(text));
  if (!isInstant) return apart(text);
  return apart(name === 'expires' ? figures.day(text) : moment(text));
}

export interface HealthWords {
  name: (check: HealthCheck) => string;
  what: (check: HealthCheck, now: number) => string;
  /** What to do, one step after the other; none when nothing is to be done. */
  steps: (check: HealthCheck) => string[];
  /** In a few words without figures, so that it stays true. */
  alarm: (check: HealthCheck) => string;
  /** What a specialist wants to know: the reason or code of somebody else's. */
  detail: (check: HealthCheck) => string | null;
  figures: Figures;
}

export function useHealthWords(): HealthWords {
  const intl = useIntl();
  const maybe = useMaybeT();
  const { zone } = useSession();
  return useMemo(() => wordsOf(maybe, figuresOf(intl, zone)), [intl, maybe, zone]);
}

export function wordsOf(maybe: ReturnType<typeof useMaybeT>, figures: Figures): HealthWords {
  return {
    figures,
    name: (check) => maybe(`health.check.${check.id}`, capitalized(check.id.replaceAll('_', ' '))),
    what: (check, now) => {
      const moment = (at: string): string => `${figures.moment(at, now)} (${figures.ago(now - Date.parse(at))})`;
      const id = `health.what.${check.code}`;
      const said = maybe(id, check.what, valuesOf(check, figures, moment));
      // A text that misses one of its figures comes out as its id.
      return said === id ? check.what : said;
    },
    steps: (check) => {
      if (check.fix == null) return [];
      const steps: string[] = [];
      for (;;) {
        const step = maybe(`health.fix.${check.code}.${steps.length + 1}`, '');
        if (step === '') break;
        steps.push(step);
      }
      return steps.length > 0 ? steps : [check.fix];
    },
    alarm: (check) => maybe(`health.alarm.${check.code}`, check.what),
    detail: (check) => {
      const detail = check.params['reason'] ?? check.params['code'];
      return typeof detail === 'string' && detail !== '' ? detail : null;
    },
  };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
