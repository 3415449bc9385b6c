// Tones into the call. They may be somebody's secret: what was pressed is shown as dots and kept nowhere.
import {
  Button,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  MessageBar,
  MessageBarBody,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { api, ask } from '../api/client';
import type { ContactView } from '../api/contract';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import { useCustomerLabel } from './agent';
import { thirdName } from './talk-news';
import css from './talk.module.css';
import { pressedTone, TonePad, useTones } from './tones';

const DOT = '\u2022';

export default function Keypad({ contact, close }: { contact: ContactView; close: () => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const customerLabel = useCustomerLabel();
  const { center } = useSession();
  const { press, count, error } = useTones((digits) =>
    ask(api.POST('/{center}/contacts/{id}/digits', { params: { path: { center, id: contact.id } }, body: { digits } })),
  );
  const third = contact.conversation?.third;
  const hears = third?.stage === 'talking' && !third.agent ? thirdName(t, third) : customerLabel(contact.customer);
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface className={css.keypad} onKeyDown={(event) => pressedTone(event, press)}>
        <DialogBody>
          <DialogTitle>{t('keypad.title')}</DialogTitle>
          <DialogContent className={css.body}>
            <p>
              {t('keypad.to')} <bdi>{hears}</bdi>
            </p>
            <div className={css.dots}>
              <span aria-hidden="true">{DOT.repeat(count.pressed) || t('keypad.nothing')}</span>
              <span className="visually-hidden" role="status">
                {count.pressed > 0 ? t('keypad.sent', { count: count.sent }) : ''}
              </span>
            </div>
            {error ? (
              <MessageBar intent="error" layout="multiline" role="alert">
                <MessageBarBody>
                  <p>{say(error)}</p>
                  <p>{t('keypad.failed')}</p>
                </MessageBarBody>
              </MessageBar>
            ) : null}
            <TonePad press={press} focusFirst />
            <p className={css.happens}>{t('keypad.private')}</p>
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>{t('action.close')}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}
