// Whether customers shall be forgotten sooner: what that erases, that it is for good, and what stays.
import { Button, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import access from '../access/access.module.css';
import { useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import type { Shortened } from './keeping';
import { useDaysText } from './words';

export function ShortenDialog({ what: { from, to }, save, close }: { what: Shortened; save: () => void; close: () => void }): ReactNode {
  const t = useT();
  const days = useDaysText();
  return (
    <Modal open modalType="alert" onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('privacy.shorten.title')}</DialogTitle>
          <DialogContent>
            <p className={access.lead}>{t('privacy.shorten.what', { from: from === null ? t('privacy.shorten.from') : days(from), to: days(to) })}</p>
            <MessageBar intent="warning" layout="multiline">
              <MessageBarBody>{t('privacy.shorten.forGood')}</MessageBarBody>
            </MessageBar>
            <ul className={access.points}>
              <li>{t('privacy.shorten.holds')}</li>
              <li>{t('privacy.shorten.figures')}</li>
            </ul>
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>{t('action.cancel')}</Button>
            <Button appearance="primary" onClick={save}>
              {t('privacy.shorten.do')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}
