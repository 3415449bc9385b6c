// Where Tandem tells what happens, and what of it: the fields of a new webhook.
import { Checkbox, Field, Input } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import type { WebhookInput } from '../api/access';
import { useMaybeT, useT } from '../i18n/t';
import { EVENTS, toggled, URL_MAX } from './access';

interface Props {
  value: WebhookInput;
  errorOf: (field: 'url' | 'events') => string | undefined;
  change: (value: WebhookInput) => void;
}

export function WebhookFields({ value, errorOf, change }: Props): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const offered = [...EVENTS, ...value.events.filter((event) => !(EVENTS as readonly string[]).includes(event))];
  return (
    <>
      <Field label={t('webhooks.url')} hint={t('webhooks.url.hint')} required validationMessage={errorOf('url')}>
        <Input name="url" type="url" dir="ltr" autoComplete="off" spellCheck={false} maxLength={URL_MAX} value={value.url} onChange={(_, data) => change({ ...value, url: data.value })} />
      </Field>
      <fieldset className={admin.group}>
        <legend>{t('webhooks.events')}</legend>
        {offered.map((event) => (
          <div key={event}>
            <Checkbox
              label={maybe(`webhooks.event.${event}`, event)}
              checked={value.events.includes(event)}
              onChange={() => change({ ...value, events: toggled(EVENTS, value.events, event) })}
            />
          </div>
        ))}
        {errorOf('events') ? (
          <p className={admin.error} role="alert">
            {errorOf('events')}
          </p>
        ) : null}
      </fieldset>
    </>
  );
}
