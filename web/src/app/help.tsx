// The help dialog: every shortcut, and what version this is.
import {
  Button,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components';
import { Fragment, type ReactNode } from 'react';
import '../i18n/commands';
import { useT, type MessageId } from '../i18n/t';
import css from './palette.module.css';
import { useSession } from './session';
import { Modal } from '../ui/modal';

const KEYS: [MessageId, MessageId][] = [
  ['help.accept', 'key.f2'],
  ['help.decline', 'key.shiftF2'],
  ['help.hangUp', 'key.f4'],
  ['help.wrapUp', 'key.shiftF4'],
  ['help.hold', 'key.f9'],
  ['help.recording', 'key.shiftF9'],
  ['help.call', 'key.shiftF8'],
  ['help.play', 'key.space'],
  ['help.complete', 'key.ctrlEnter'],
  ['help.palette', 'key.ctrlK'],
  ['help.region', 'key.ctrlF6'],
  ['help.escape', 'key.esc'],
];

export default function Help({ close }: { close: () => void }): ReactNode {
  const t = useT();
  const { info } = useSession();
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('help.title')}</DialogTitle>
          <DialogContent>
            <dl className={css.keys}>
              {KEYS.map(([what, key]) => (
                <Fragment key={what}>
                  <dt>{t(what)}</dt>
                  <dd>
                    <kbd className={css.kbd}>{t(key)}</kbd>
                  </dd>
                </Fragment>
              ))}
            </dl>
            <p className={css.about}>{t('help.version', { version: info?.version ?? '' })}</p>
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={close}>
              {t('action.close')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}
