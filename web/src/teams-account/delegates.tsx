// Who signs in to Teams for Tandem where Microsoft wants a person: one, and another one should that one leave (B-205, B-206).
import { Button, Field, MessageBar, MessageBarBody, Select, Spinner } from '@fluentui/react-components';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import access from '../access/access.module.css';
import { useMoment } from '../access/moment';
import admin from '../admin/admin.module.css';
import { accounts } from '../api/access';
import { delegatesOf, nameDelegates, type Delegate, type Delegates as DelegatesOf, type TeamsAccount } from '../api/teams-account';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Shape } from '../ui/shapes';
import { Failed, Loading, useProblemText } from '../ui/states';
import css from './teams-account.module.css';

const PLACES = ['owner', 'backup'] as const;

export function Delegates({ account }: { account: TeamsAccount }): ReactNode {
  const t = useT();
  const id = useId();
  const { center } = useSession();
  const asked = useQuery({ queryKey: ['teams-delegates', center], queryFn: () => delegatesOf(center) });
  return (
    <section className={access.part} aria-labelledby={id}>
      <h2 id={id} className={access.sub}>
        {t('rights.delegates')}
      </h2>
      <p className={admin.about}>{t('rights.delegates.about')}</p>
      {asked.isPending ? <Loading rows={[120]} /> : asked.isError ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : <Named key={JSON.stringify(asked.data)} stored={asked.data} version={account.version} />}
    </section>
  );
}

function Named({ stored, version }: { stored: DelegatesOf; version: number }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const client = useQueryClient();
  const { center, may } = useSession();
  const mayName = may('edit_settings') && may('manage_access');
  const people = useQuery({ queryKey: ['accounts', center], queryFn: () => accounts(center), enabled: mayName });
  const [named, name] = useState({ owner: stored.owner?.account ?? null, backup: stored.backup?.account ?? null });
  const isDirty = named.owner !== (stored.owner?.account ?? null) || named.backup !== (stored.backup?.account ?? null);
  const isSame = named.owner !== null && named.owner === named.backup;
  const saving = useMutation({
    mutationFn: () => nameDelegates(center, version, named),
    onSuccess: (told) => {
      client.setQueryData(['teams-delegates', center], told);
      void client.invalidateQueries({ queryKey: ['teams-account', center] });
      announce(t('form.saved'));
    },
  });
  return (
    <div className={`${admin.card} ${css.standing}`}>
      {stored.is_needed ? null : <p className={admin.hint}>{t('rights.delegates.notNeeded')}</p>}
      {PLACES.map((place) => (
        <div key={place} className={css.delegate}>
          {mayName ? (
            <Field label={t(`rights.delegates.${place}`)} validationMessage={place === 'backup' && isSame ? t('rights.delegates.same') : undefined}>
              <Select value={String(named[place] ?? '')} onChange={(_, data) => name({ ...named, [place]: data.value === '' ? null : Number(data.value) })}>
                <option value="">{t('rights.delegates.nobody')}</option>
                {(people.data ?? []).map((it) => (
                  <option key={it.id} value={it.id}>
                    {it.name}
                  </option>
                ))}
              </Select>
            </Field>
          ) : (
            <div>
              <div className={css.label}>{t(`rights.delegates.${place}`)}</div>
              <p>{stored[place]?.name ?? t('rights.delegates.nobody')}</p>
            </div>
          )}
          <SignedInUntil delegate={stored[place]} />
        </div>
      ))}
      {saving.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(saving.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
      {mayName ? (
        <div>
          <Button
            disabledFocusable={!isDirty || isSame || saving.isPending}
            aria-busy={saving.isPending}
            icon={saving.isPending ? <Spinner size="tiny" aria-hidden /> : undefined}
            onClick={() => (isDirty && !isSame ? saving.mutate() : undefined)}
          >
            {t('rights.delegates.save')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function SignedInUntil({ delegate }: { delegate: Delegate | null }): ReactNode {
  const t = useT();
  const moment = useMoment();
  if (delegate === null) return null;
  const { login, expires_at, is_due } = delegate;
  const isWell = login === 'done' && !is_due;
  const until = expires_at === null ? '' : t('rights.delegates.until', { at: moment(expires_at) });
  return (
    <p className={admin.status}>
      <Shape shape={isWell ? 'circle' : 'triangle'} color={isWell ? td.tdLevelOk : td.tdLevelWatch} size={12} />
      <span>
        {t(login === 'needed' ? 'rights.delegates.needed' : is_due ? 'rights.delegates.due' : 'rights.delegates.done', { name: delegate.name })} {until}
      </span>
    </p>
  );
}
