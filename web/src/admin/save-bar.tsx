// What stands below a form that was changed: it is saved, or what was changed is given up.
import { Button, Spinner } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useT } from '../i18n/t';
import css from './admin.module.css';

interface Props {
  /** What is new has it from the beginning, with nothing to say of it. */
  isDirty: boolean;
  isSaving: boolean;
  discard: () => void;
  save: () => void;
}

export function SaveBar({ isDirty, isSaving, discard, save }: Props): ReactNode {
  const t = useT();
  return (
    <div className={css.save} role="region" aria-label={t('form.unsaved')}>
      <span>{isDirty ? t('form.unsaved') : ''}</span>
      <Button disabledFocusable={isSaving} onClick={discard}>
        {t('action.discard')}
      </Button>
      <Button
        appearance="primary"
        aria-busy={isSaving}
        disabledFocusable={isSaving}
        icon={isSaving ? <Spinner size="tiny" appearance="inverted" aria-hidden /> : undefined}
        onClick={save}
      >
        {t('action.save')}
      </Button>
    </div>
  );
}
