// What a colleague in Teams reads and answers when invited into a customer's chat (B-082 to B-092).
import { Button, Field, Input, Textarea } from '@fluentui/react-components';
import { ArrowResetRegular } from '@fluentui/react-icons/svg/arrow-reset';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { MESSAGES, type Messages } from '../api/teams-account';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { DEFAULT_MESSAGES, MESSAGE_MAX } from './account';
import type { Editing } from './page';
import css from './teams-account.module.css';

export function SystemMessages({ editing: { form, errorOf, isReadOnly } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { messages } = form.input;
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('teamsAccount.messages')}</h2>
      <div className={admin.fields}>
        <p className={admin.hint}>{t('teamsAccount.messages.hint')}</p>
        {MESSAGES.map((it) => {
          const label = t(`teamsAccount.message.${it}`);
          const isUsual = messages[it] === DEFAULT_MESSAGES[it];
          return (
            <div key={it} className={css.message}>
              <Field label={label} validationMessage={errorOf(`messages.${it}`)}>
                <Words text={messages[it]} isLong={it === 'invitation'} disabled={isReadOnly} type={(text) => form.change({ messages: { ...messages, [it]: text } })} />
              </Field>
              {isReadOnly ? null : (
                <Button
                  icon={<ArrowResetRegular />}
                  disabledFocusable={isUsual}
                  aria-label={t('teamsAccount.messages.reset.of', { name: label })}
                  onClick={() => {
                    if (isUsual) return;
                    form.change({ messages: { ...messages, [it]: DEFAULT_MESSAGES[it] } });
                    announce(t('teamsAccount.messages.reset.done', { name: label, text: DEFAULT_MESSAGES[it] }));
                  }}
                >
                  {t('teamsAccount.messages.reset')}
                </Button>
              )}
            </div>
          );
        })}
        <Session messages={messages} />
      </div>
    </section>
  );
}

/** Of one line, which is as long as it is: what is longer than the field is read whole all the same. */
function Words({ text, isLong, disabled, type, ...field }: { text: string; isLong: boolean; disabled: boolean; type: (text: string) => void }): ReactNode {
  if (!isLong) return <Input {...field} value={text} maxLength={MESSAGE_MAX} disabled={disabled} onChange={(_, data) => type(data.value)} />;
  return <Textarea {...field} value={text} maxLength={MESSAGE_MAX} disabled={disabled} onChange={(_, data) => type(data.value.replaceAll(/\s*\n\s*/g, ' '))} />;
}

/** A whole session in the words as they are typed. */
function Session({ messages }: { messages: Messages }): ReactNode {
  const t = useT();
  const guest = t('teamsAccount.session.guest');
  const tandem = t('product.name');
  const lines: [key: string, who: string | null, text: string][] = [
    ['invitation', tandem, messages.invitation],
    ['yes', guest, messages.yes],
    ['joined', null, `${guest} ${messages.joined}`],
    ['bye', guest, messages.bye],
    ['left', null, `${guest} ${messages.left}`],
    ['ended', tandem, messages.ended],
  ];
  return (
    <div className={admin.preview} role="group" aria-label={t('teamsAccount.session')}>
      <h3>{t('teamsAccount.session')}</h3>
      <ol className={css.session}>
        {lines.map(([key, who, text]) => (
          <li key={key} data-who={who === null ? 'all' : who === guest ? 'guest' : 'tandem'}>
            {who === null ? null : <b>{who}</b>}
            <bdi>{text}</bdi>
          </li>
        ))}
      </ol>
      <p className={admin.hint}>{t('teamsAccount.session.no', { no: messages.no })}</p>
    </div>
  );
}
