// The way to a working account in five steps, each with how far it has come (B-207 to B-211). What Azure asks for is there to copy.
import { Button, Link } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { useState, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { useT } from '../i18n/t';
import { useCopy } from '../ui/copy';
import { Shape } from '../ui/shapes';
import { Ltr } from '../ui/time';
import { GUIDE, isStored, progressOf } from './account';
import type { Editing } from './page';
import { useRights } from './rights';
import css from './teams-account.module.css';
import { PROGRESS_SHAPE } from './words';

/** Where Microsoft sends browsers back to: both must stand at the registration, letter by letter (AADSTS50011). */
const REDIRECTS = ['/auth/teams/consent', '/auth/teams/login'] as const;

export function Guide({ editing: { stored } }: { editing: Editing }): ReactNode {
  const t = useT();
  const rights = useRights(isStored(stored));
  const steps = GUIDE.map((step) => ({ step, progress: progressOf(step, stored, rights.data) }));
  const next = steps.find(({ progress }) => progress !== 'done');
  const [isOpen, setOpen] = useState(next !== undefined);
  return (
    <details className={`${admin.card} ${css.guide}`} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>{t('teamsAccount.guide')}</h2>
        <span>{next ? t('teamsAccount.guide.next', { step: t(`teamsAccount.guide.${next.step}`) }) : t('teamsAccount.guide.whole')}</span>
      </summary>
      <ol className={css.steps}>
        {steps.map(({ step, progress }) => (
          <li key={step}>
            <Shape {...PROGRESS_SHAPE[progress]} size={14} />
            <div>
              <h3 className={css.stepHead}>
                {t(`teamsAccount.guide.${step}`)} <span>{t(`teamsAccount.progress.${progress}`)}</span>
              </h3>
              <p>{t(`teamsAccount.guide.${step}.text`)}</p>
              {step === 'register' ? <Redirects /> : null}
            </div>
          </li>
        ))}
      </ol>
      {/* B-093 */}
      <p>
        <Link href="https://learn.microsoft.com/entra/identity-platform/quickstart-register-app" target="_blank" rel="noreferrer" inline>
          {t('teamsAccount.guide.link')}
        </Link>
      </p>
    </details>
  );
}

function Redirects(): ReactNode {
  const t = useT();
  return (
    <ul className={css.redirects} aria-label={t('teamsAccount.guide.redirects')}>
      {REDIRECTS.map((path) => (
        <Redirect key={path} uri={`${location.origin}${path}`} />
      ))}
    </ul>
  );
}

function Redirect({ uri }: { uri: string }): ReactNode {
  const t = useT();
  const [isCopied, copy] = useCopy();
  return (
    <li>
      <Ltr>{uri}</Ltr>
      <Button size="small" icon={<CopyRegular />} aria-label={t('teamsAccount.copy', { what: uri })} onClick={() => copy(uri)}>
        {t(isCopied ? 'action.copied' : 'action.copy')}
      </Button>
    </li>
  );
}
