// A condition, a step and a whole rule in plain words. What is said is made of the documents that the server keeps; nothing is read back.
import { useMemo } from 'react';
import { titleOf, useList } from '../admin/settings';
import type { AccuracyFigures } from '../api/contract';
import { useSession } from '../app/session';
import { useT, type T } from '../i18n/t';
import { highest, isEverybody, LEVEL_MAX, LEVEL_MIN, lowest, seen, type Condition, type Term } from './conditions';
import { asks, type Ask, type Asking } from './plan';

export interface AskWords {
  skill: (id: number) => string;
  team: (id: number) => string;
  term: (term: Term, isNot?: boolean) => string;
  condition: (condition: Condition) => string;
  /** Who is asked for, as a sentence. */
  who: (ask: Ask) => string;
  span: (seconds: number) => string;
  /** Each step of the rule: when it holds, and what is so then. */
  rule: (queue: Asking) => { when: string; sentences: string[] }[];
}

/** A span as it is spoken: 30 s, 5 min, 1 min 30 s. */
export function spanText(t: T, seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  if (minutes === 0) return t('ask.span.s', { seconds: rest });
  return rest === 0 ? t('ask.span.min', { minutes }) : t('ask.span.both', { minutes, seconds: rest });
}

/** By how much the last estimates were off, on average. */
export function errorText(t: T, told: Pick<AccuracyFigures, 'mean_absolute_error_ms'>): string {
  return spanText(t, Math.round(told.mean_absolute_error_ms / 1000));
}

/** How many of the last estimates were about right. */
export function accuracyText(t: T, told: Pick<AccuracyFigures, 'n' | 'within_20_percent_or_15_s_permille'>): string {
  return t('queue.accuracy.value', { percent: Math.round(told.within_20_percent_or_15_s_permille / 10), n: told.n });
}

export function askWords(t: T, nameOf: (skill: number) => string, teamOf: (team: number) => string): AskWords {
  const levels = (it: Term): string => {
    const [min, max] = [lowest(it), highest(it)];
    const skill = nameOf(it.skill_id);
    if (min === LEVEL_MIN && max === LEVEL_MAX) return skill;
    if (min === max) return t('ask.term.only', { skill, level: min });
    return max === LEVEL_MAX ? t('ask.term.from', { skill, min }) : t('ask.term.range', { skill, min, max });
  };
  const term = (it: Term, isNot = false): string => (isNot ? t('ask.term.not', { term: levels(it) }) : levels(it));
  const joined = (list: string[], id: 'ask.and' | 'ask.or'): string => list.reduce((before, next) => t(id, { before, next }));
  const said = (condition: Condition, isInside: boolean): string => {
    const it = seen(condition, '');
    if (it.what === 'term') return term(it.term, it.isNot);
    if (it.parts.length === 0) return t(it.kind === 'all' || it.kind === 'none' ? 'ask.anything' : 'ask.nothing');
    const isAll = it.kind === 'all' || it.kind === 'not_all';
    const isNegated = it.kind === 'not_all' || it.kind === 'none';
    const list = joined(it.parts.map((part) => said(part.condition, it.parts.length > 1 || isNegated)), isAll ? 'ask.and' : 'ask.or');
    if (isNegated) return t('ask.not', { list });
    return isInside && it.parts.length > 1 ? t('ask.group', { list }) : list;
  };
  const condition = (it: Condition): string => (isEverybody(it) ? t('ask.anything') : said(it, false));
  const who = (ask: Ask): string => {
    const what = isEverybody(ask.condition) ? null : condition(ask.condition);
    if (ask.team_ids.length === 0) return what === null ? t('ask.who.anyone') : t('ask.who.meets', { what });
    const teams = joined(ask.team_ids.map(teamOf), 'ask.or');
    return what === null ? t('ask.who.team', { teams }) : t('ask.who.team.meets', { teams, what });
  };
  const span = (seconds: number): string => spanText(t, seconds);

  const sentences = (ask: Ask, before: Ask | undefined): string[] => {
    const liked = ask.preferences.map((it) => t('ask.weighted', { skill: nameOf(it.skill_id), weight: it.weight }));
    return [
      who(ask),
      ...(liked.length > 0 ? [t('ask.liked', { what: joined(liked, 'ask.and') })] : []),
      ...(before?.strategy === ask.strategy ? [] : [t(`ask.strategy.${ask.strategy}`)]),
      ...(before === undefined || before.priority === ask.priority ? [] : [t('ask.served', { priority: ask.priority })]),
      ...(ask.boost_s === (before?.boost_s ?? 0) ? [] : [t('ask.older', { span: span(ask.boost_s) })]),
    ];
  };
  const rule = (queue: Asking): { when: string; sentences: string[] }[] => {
    const all = asks(queue);
    return all.map((ask, i) => {
      const next = all[i + 1];
      const when = i > 0 ? t('ask.when.from', { from: span(ask.after_s) }) : next ? t('ask.when.first', { until: span(next.after_s) }) : t('ask.when.whole');
      return { when, sentences: sentences(ask, all[i - 1]) };
    });
  };
  return { skill: nameOf, team: teamOf, term, condition, who, span, rule };
}

/** In the words of the center: skills by their names, which are told to those who read settings alone. */
export function useAskWords(): AskWords {
  const t = useT();
  const { may } = useSession();
  const skills = useList('skills', may('read_settings')).data?.items;
  const teams = useList('teams', may('read_settings')).data?.items;
  return useMemo(() => {
    const names = new Map((skills ?? []).map(({ id, name }) => [id, name]));
    const teamNames = new Map((teams ?? []).map((it) => [it.id, titleOf(it)]));
    const skill = (id: number): string => names.get(id) ?? (id === 0 ? t('ask.skill.none') : t(skills ? 'ask.skill.gone' : 'ask.skill.untold', { id }));
    return askWords(t, skill, (id) => teamNames.get(id) ?? t('ask.team.untold', { id }));
  }, [t, skills, teams]);
}
