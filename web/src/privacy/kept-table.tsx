// What Tandem keeps and how long, all in one place: what can be set here, what is set elsewhere, and what nobody sets.
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import access from '../access/access.module.css';
import admin from '../admin/admin.module.css';
import type { PrivacyInput } from '../api/privacy';
import { useT } from '../i18n/t';
import { useDaysText } from './words';

/** How long deliveries to webhooks stay in their log, as the server has it. */
const DELIVERIES_DAYS = 7;

/** `stored` is what holds now, not what is being typed. */
export function KeptTable({ stored }: { stored: PrivacyInput }): ReactNode {
  const t = useT();
  const days = useDaysText();
  const never = t('privacy.where.never');
  const rows: { key: string; what: string; note?: string; long: string; where: ReactNode }[] = [
    { key: 'recordings', what: t('privacy.kept.recordings'), note: t('privacy.kept.held'), long: t('privacy.long.queue'), where: <Link to="/admin/queues">{t('privacy.where.queue')}</Link> },
    { key: 'messages', what: t('privacy.kept.messages'), note: t('privacy.kept.messages.note'), long: days(stored.keep_messages_days), where: t('privacy.where.here') },
    { key: 'customers', what: t('privacy.kept.customers'), note: t('privacy.kept.customers.note'), long: days(stored.keep_customers_days), where: t('privacy.where.here') },
    { key: 'contacts', what: t('privacy.kept.contacts'), note: t('privacy.kept.contacts.note'), long: t('privacy.forGood'), where: never },
    { key: 'audit', what: t('privacy.kept.audit'), long: t('privacy.forGood'), where: never },
    { key: 'deliveries', what: t('privacy.kept.deliveries'), long: days(DELIVERIES_DAYS), where: never },
  ];
  const title = t('privacy.kept.title');
  return (
    <section className={`${admin.card} ${admin.list} ${access.list}`} tabIndex={0} role="region" aria-label={title}>
      <table className={admin.table}>
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t('privacy.kept.what')}</th>
            <th scope="col">{t('privacy.kept.long')}</th>
            <th scope="col">{t('privacy.kept.where')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, what, note, long, where }) => (
            <tr key={key}>
              <td>
                {what}
                {note ? <div className={access.under}>{note}</div> : null}
              </td>
              <td>{long}</td>
              <td>{where}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
