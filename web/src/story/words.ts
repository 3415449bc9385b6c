// The words of a story: whose lane it is, what a span or a mark of it was, and when.
import { useCallback, useMemo } from 'react';
import type { LaneKind } from '../api/history';
import { useSession } from '../app/session';
import { useNamesOf } from '../contacts/names';
import { useLineText } from '../desk/story-lines';
import { attributeName, named, type Names } from '../desk/talk';
import '../i18n/past';
import { useMaybeT, useT, type Values } from '../i18n/t';
import { clockSpan, clockTime, isolated } from '../ui/durations';
import type { DrawnLane, Item } from './lanes';

/** Whoever the lanes and the lists name. */
export function useNames(lanes: readonly DrawnLane[]): Names {
  const t = useT();
  const known = useNamesOf();
  return useMemo(() => {
    const inLanes = (kind: LaneKind): [number, string][] =>
      lanes.flatMap((lane) => (lane.lane === kind && lane.id !== null && lane.name !== null ? [[lane.id, lane.name] as [number, string]] : []));
    const agents = new Map([...known.agents.map((it) => [it.id, it.name] as [number, string]), ...inLanes('agent')]);
    const queues = new Map([...known.queues.map((it) => [it.id, it.name] as [number, string]), ...inLanes('queue')]);
    return {
      agent: (id) => agents.get(id) ?? t('talk.somebody'),
      queue: (id) => queues.get(id) ?? t('talk.someQueue'),
      number: t('talk.number'),
    };
  }, [lanes, known.agents, known.queues, t]);
}

export interface LaneText {
  lane: (lane: DrawnLane) => string;
  /** What kind of lane it is, where its name does not say it. */
  kind: (lane: DrawnLane) => string | null;
  what: (item: Item) => string;
  when: (item: Item) => string;
  length: (item: Item) => string;
}

export function useLaneText(names: Names, isOutbound: boolean): LaneText {
  const t = useT();
  const maybe = useMaybeT();
  const { zone } = useSession();
  const line = useLineText(names, isOutbound);
  const what = useCallback(
    (item: Item): string => {
      const said = named(item.detail, names) as Values;
      if (item.kind === 'span') return maybe(`story.span.${item.what}`, attributeName(item.what), said);
      const fallback = line(item.what, item.detail);
      return maybe(`story.mark.${item.what}`, fallback, said);
    },
    [maybe, names, line],
  );
  return useMemo(() => {
    const clock = (at: number): string => isolated(clockTime(at, zone, true));
    return {
      lane: (lane) => lane.name ?? t(`story.lane.${lane.lane}`),
      kind: (lane) => (lane.name === null ? null : t(`story.lane.${lane.lane}`)),
      what,
      when: (item) => {
        if (item.kind === 'mark') return t('story.at', { at: clock(item.from) });
        return item.isOpen ? t('story.since', { from: clock(item.from) }) : t('story.fromTo', { from: clock(item.from), until: clock(item.until) });
      },
      length: (item) => clockSpan(Math.round((item.until - item.from) / 1000) * 1000),
    };
  }, [t, zone, what]);
}
