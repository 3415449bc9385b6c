// What the digest user or a phone of a trunk proves itself by: whether it is there is told, what it is never. Setting one takes the place
// of the one before at once, without saving the trunk.
import { Button } from '@fluentui/react-components';
import { KeyRegular } from '@fluentui/react-icons/svg/key';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Trunk } from '../api/trunks';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Shape } from '../ui/shapes';
import css from './trunks.module.css';

const SecretDialog = lazy(() => import('./secret-dialog').then((m) => ({ default: m.SecretDialog })));

interface Props {
  trunk: Trunk;
  user: string;
  isReadOnly: boolean;
}

export function Secret({ trunk, user, isReadOnly }: Props): ReactNode {
  const t = useT();
  const [isAsking, ask] = useState(false);
  const isThere = trunk.has_secret.includes(user);
  return (
    <div className={css.secret}>
      <SecretMark isThere={isThere} />
      {isReadOnly ? null : (
        <Button size="small" icon={<KeyRegular />} aria-label={t('trunks.secret.of', { verb: isThere ? 'replace' : 'set', user })} onClick={() => ask(true)}>
          {t(isThere ? 'trunks.secret.replace' : 'trunks.secret.set')}
        </Button>
      )}
      {isAsking ? (
        // What is sent of the dialog is not sent of the form that it stands in.
        <div onSubmit={(event) => event.stopPropagation()}>
          <Suspense>
            <SecretDialog trunk={trunk} user={user} close={() => ask(false)} />
          </Suspense>
        </div>
      ) : null}
    </div>
  );
}

function SecretMark({ isThere }: { isThere: boolean }): ReactNode {
  const t = useT();
  return (
    <span className={css.mark} data-there={isThere}>
      <Shape shape={isThere ? 'circle' : 'triangle'} color={isThere ? td.tdLevelOk : td.tdLevelWatch} size={10} />
      {t(isThere ? 'trunks.secret.there' : 'trunks.secret.missing')}
    </span>
  );
}
