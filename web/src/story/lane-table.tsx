// The lanes as a list: the same spans and marks, by time.
import type { ReactNode } from 'react';
import { useSession } from '../app/session';
import '../i18n/past';
import { useT } from '../i18n/t';
import { Ltr } from '../ui/time';
import { clockTime } from '../ui/durations';
import type { Drawing } from './lanes';
import css from './story.module.css';
import type { LaneText } from './words';

export function LaneTable({ drawing, text }: { drawing: Drawing; text: LaneText }): ReactNode {
  const t = useT();
  const { zone } = useSession();
  const rows = drawing.lanes.flatMap((lane) => lane.items.map((item) => ({ lane, item }))).toSorted((a, b) => a.item.from - b.item.from);
  const clock = (at: number): ReactNode => <Ltr>{clockTime(at, zone, true)}</Ltr>;
  return (
    <div className={css.scroll} tabIndex={0} role="region" aria-label={t('story.list.label')}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('story.list.from')}</th>
            <th scope="col">{t('story.list.until')}</th>
            <th scope="col">{t('story.list.length')}</th>
            <th scope="col">{t('story.list.lane')}</th>
            <th scope="col">{t('story.list.what')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ lane, item }) => (
            <tr key={item.key}>
              <td>{clock(item.from)}</td>
              <td>{item.kind === 'mark' ? null : item.isOpen ? t('story.list.open') : clock(item.until)}</td>
              <td>{item.kind === 'mark' ? null : <Ltr>{text.length(item)}</Ltr>}</td>
              <td>
                <bdi>{text.lane(lane)}</bdi>
              </td>
              <td>
                <bdi>{text.what(item)}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
