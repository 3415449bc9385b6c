// A secret that is seen once: with a way to copy it, and no way to close it by chance.
import { Button, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import type { ReactNode } from 'react';
import { useT } from '../i18n/t';
import { useCopy } from '../ui/copy';
import { Modal } from '../ui/modal';
import css from './access.module.css';

interface Props {
  title: string;
  label: string;
  hint: string;
  secret: string;
  close: () => void;
}

export function Once({ title, label, hint, secret, close }: Props): ReactNode {
  const t = useT();
  const [isCopied, copy] = useCopy();
  return (
    <Modal open modalType="alert" onOpenChange={() => undefined}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent>
            <div className={css.stack}>
              <MessageBar intent="warning" layout="multiline">
                <MessageBarBody>{t('once.warning')}</MessageBarBody>
              </MessageBar>
              <Field label={label} hint={hint}>
                <Input
                  readOnly
                  dir="ltr"
                  className={css.secret}
                  value={secret}
                  onFocus={(event) => event.target.select()}
                />
              </Field>
              <div>
                <Button appearance="primary" icon={<CopyRegular />} onClick={() => copy(secret)}>
                  {t(isCopied ? 'action.copied' : 'action.copy')}
                </Button>
              </div>
            </div>
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>{t('once.close')}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}
