// A secret is typed or made up, and goes to the server: it is not shown again.
import { Button, Field, Input } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { errorsFor } from '../admin/field-errors';
import { ApiError } from '../api/client';
import { setTrunkSecret, type Trunk } from '../api/trunks';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Asking } from '../ui/asking';
import { useCopy } from '../ui/copy';
import { madeUp } from './trunk';
import css from './trunks.module.css';

const SECRET_MAX = 256;

export function SecretDialog({ trunk, user, close }: { trunk: Trunk; user: string; close: () => void }): ReactNode {
  const t = useT();
  const client = useQueryClient();
  const { center } = useSession();
  const [secret, setSecret] = useState('');
  const [isMade, setMade] = useState(false);
  const [isTried, setTried] = useState(false);
  const [isCopied, copy] = useCopy();
  const sending = useMutation({
    mutationFn: () => setTrunkSecret(center, trunk.id, user, secret),
    onSuccess: async () => {
      announce(t('trunks.secret.done', { user }));
      await Promise.all([client.invalidateQueries({ queryKey: ['trunk', center, trunk.id] }), client.invalidateQueries({ queryKey: ['trunks', center] })]);
      close();
    },
  });
  const refused = sending.error instanceof ApiError ? errorsFor(sending.error.problem.errors ?? [], 'secret') : undefined;
  return (
    <Asking
      title={t('trunks.secret.title', { user })}
      verb={t('trunks.secret.set')}
      isBusy={sending.isPending}
      error={refused === undefined ? sending.error : null}
      isWhole={secret !== ''}
      tried={() => setTried(true)}
      send={() => sending.mutate()}
      close={close}
    >
      <p>{t(trunk.kind === 'phones' ? 'trunks.secret.phone' : 'trunks.secret.digest')}</p>
      <Field label={t('trunks.secret')} required validationMessage={refused ?? (isTried && secret === '' ? t('field.error.required') : undefined)}>
        <Input
          type={isMade ? 'text' : 'password'}
          dir="ltr"
          autoComplete="new-password"
          spellCheck={false}
          maxLength={SECRET_MAX}
          value={secret}
          onChange={(_, data) => {
            setSecret(data.value);
            setMade(false);
          }}
        />
      </Field>
      {trunk.kind === 'phones' ? (
        <div className={css.made}>
          <Button
            size="small"
            onClick={() => {
              setSecret(madeUp());
              setMade(true);
            }}
          >
            {t('trunks.secret.make')}
          </Button>
          {isMade ? (
            <Button size="small" icon={<CopyRegular />} onClick={() => copy(secret)}>
              {t(isCopied ? 'action.copied' : 'action.copy')}
            </Button>
          ) : null}
          {isMade ? <p>{t('trunks.secret.made')}</p> : null}
        </div>
      ) : null}
    </Asking>
  );
}
