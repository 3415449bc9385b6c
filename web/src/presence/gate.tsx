// What a status in Teams lets through to an agent who is ready here (B-028): calls and messages apart.
import { Checkbox } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import access from '../access/access.module.css';
import admin from '../admin/admin.module.css';
import { useT } from '../i18n/t';
import type { Editing } from './editing';
import css from './presence.module.css';
import { GATED, gateOf, withGate } from './rules';
import { SeenShape } from './seen';
import { isStatus, seenText } from './words';

export function Gate({ editing: { form, isReadOnly } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { gate } = form.input;
  const label = t('presence.gate');
  return (
    <div className={`${admin.card} ${admin.list} ${access.list}`} tabIndex={0} role="region" aria-label={label}>
      <table className={admin.table}>
        <caption className={css.caption}>
          {label}
          <span className={admin.hint}>{t('presence.gate.hint')}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('presence.inTeams')}</th>
            <th scope="col">{t('presence.gate.voice')}</th>
            <th scope="col">{t('presence.gate.messages')}</th>
          </tr>
        </thead>
        <tbody>
          {GATED.map((when) => {
            const line = gateOf(gate, when);
            const name = seenText(t, when);
            return (
              <tr key={when}>
                <td>
                  <span className={admin.status}>
                    {isStatus(when) ? <SeenShape status={when} /> : null}
                    {name}
                  </span>
                </td>
                {(['voice', 'messages'] as const).map((channel) => (
                  <td key={channel}>
                    <Checkbox
                      disabled={isReadOnly}
                      checked={line[channel] === 'route'}
                      aria-label={t(`presence.gate.${channel}.of`, { name })}
                      label={t(`presence.gate.${line[channel]}`)}
                      onChange={(_, data) => form.change({ gate: withGate(gate, { ...line, [channel]: data.checked === true ? 'route' : 'no_route' }) })}
                    />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
