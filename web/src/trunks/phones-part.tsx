// Who may register: each phone with whether it is there now and whether its secret is set.
import { Button, Input } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useRef, useState, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { announce } from '../app/announcer';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Shape } from '../ui/shapes';
import { Ltr } from '../ui/time';
import { Adding } from './adding';
import type { Editing } from './page';
import { Secret } from './secret';
import { isStored, pastedUsers } from './trunk';
import css from './trunks.module.css';

const SHOWN_MAX = 100;
const FILTERED_FROM = 12;

export function Phones({ editing }: { editing: Editing }): ReactNode {
  const t = useT();
  const { form, stored, isReadOnly, refusals, health } = editing;
  const box = useRef<HTMLDivElement>(null);
  const [filter, setFilter] = useState('');
  const { phones, pending } = form.input;
  const { users, wrong } = pastedUsers(pending, phones);
  const rows = phones.filter((it) => it.toLowerCase().includes(filter.trim().toLowerCase()));
  const remove = (user: string): void => {
    form.change({ phones: phones.filter((it) => it !== user) });
    // The button is gone with its row.
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('textarea')?.focus());
  };
  const add = (): void => {
    form.change({ phones: [...phones, ...users], pending: wrong.join('\n') });
    announce(t('trunks.phones.added', { n: users.length, left: wrong.length }));
  };
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('trunks.phones')}</h2>
      <div ref={box} className={admin.fields}>
        <p className={admin.hint}>{t('trunks.phones.hint')}</p>
        {refusals.at('phones') ? <p className={admin.error}>{refusals.at('phones')}</p> : null}
        {phones.length >= FILTERED_FROM ? <Input className={css.filter} type="search" dir="ltr" placeholder={t('trunks.phones.filter')} aria-label={t('trunks.phones.filter')} value={filter} onChange={(_, data) => setFilter(data.value)} /> : null}
        {rows.length === 0 ? null : (
          <ul className={css.rows} aria-label={t('trunks.phones')} tabIndex={0}>
            {rows.slice(0, SHOWN_MAX).map((user) => (
              <li key={user} className={css.row}>
                <div className={css.phone}>
                  <Ltr>{user}</Ltr>
                  {isStored(stored) && stored.phones.includes(user) ? (
                    <>
                      <Registered isThere={health?.registered.includes(user) ?? false} />
                      <Secret trunk={stored} user={user} isReadOnly={isReadOnly} />
                    </>
                  ) : (
                    <p className={css.quiet}>{t('trunks.secret.afterSave')}</p>
                  )}
                </div>
                {isReadOnly ? null : <Button size="small" appearance="subtle" icon={<DeleteRegular />} aria-label={t('trunks.phones.remove', { user })} onClick={() => remove(user)} />}
              </li>
            ))}
          </ul>
        )}
        {rows.length > SHOWN_MAX ? <p className={admin.hint}>{t('trunks.rows.more', { shown: SHOWN_MAX, of: rows.length })}</p> : null}
        {isReadOnly ? null : (
          <Adding
            label={t('trunks.phones.add')}
            hint={t('trunks.phones.add.hint')}
            verb={t('trunks.phones.add.do')}
            typed={pending}
            preview={users.length > 0 ? t('trunks.phones.preview', { n: users.length }) : ''}
            faults={wrong.map((it) => t('trunks.phones.fault', { user: `\u2066${it}\u2069` }))}
            error={refusals.at('pending')}
            type={(text) => form.change({ pending: text })}
            add={add}
          />
        )}
      </div>
    </section>
  );
}

function Registered({ isThere }: { isThere: boolean }): ReactNode {
  const t = useT();
  return (
    <p className={css.mark}>
      <Shape shape={isThere ? 'circle' : 'ring'} color={isThere ? td.tdLevelOk : td.tdStateOffline} size={10} />
      {t(isThere ? 'trunks.phones.registered' : 'trunks.phones.absent')}
    </p>
  );
}
