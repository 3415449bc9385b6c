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
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { api, ask } from '../api/client';
import type { ContactView } from '../api/contract';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import { useCustomerLabel } from './agent';
import { KEY_LETTERS, nextTones, TONES } from './talk';
import { thirdName } from './talk-news';
import css from './talk.module.css';

const DOT = '\u2022';

/** Sends in the order of pressing, one request at a time; what is pressed meanwhile goes with the next. */
function useTones(contact: number) {
  const { center } = useSession();
  const waiting = useRef('');
  const isSending = useRef(false);
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
      waiting.current = '';
    };
  }, []);
  const [count, setCount] = useState({ pressed: 0, sent: 0 });
  const [error, setError] = useState<unknown>(null);
  const flush = useCallback(async (): Promise<void> => {
    if (isSending.current) return;
    isSending.current = true;
    while (waiting.current !== '' && isOpen.current) {
      const [digits, later] = nextTones(waiting.current);
      waiting.current = later;
      try {
        await ask(api.POST('/{center}/contacts/{id}/digits', { params: { path: { center, id: contact } }, body: { digits } }));
        setCount((before) => ({ ...before, sent: before.sent + digits.length }));
      } catch (failure) {
        // What follows would reach the other side out of its place.
        waiting.current = '';
        setCount((before) => ({ ...before, pressed: before.sent }));
        setError(failure);
      }
    }
    isSending.current = false;
  }, [center, contact]);
  const press = (tone: string): void => {
    setError(null);
    waiting.current += tone;
    setCount((before) => ({ ...before, pressed: before.pressed + 1 }));
    void flush();
  };
  return { press, count, error };
}

export default function Keypad({ contact, close }: { contact: ContactView; close: () => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const customerLabel = useCustomerLabel();
  const { press, count, error } = useTones(contact.id);
  const third = contact.conversation?.third;
  const hears = third?.stage === 'talking' && !third.agent ? thirdName(t, third) : customerLabel(contact.customer);
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (!(TONES as readonly string[]).includes(event.key)) return;
    event.preventDefault();
    press(event.key);
  };
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface className={css.keypad} onKeyDown={pressed}>
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
            <div className={css.pad} dir="ltr" role="group" aria-label={t('keypad.keys')}>
              {TONES.map((tone, i) => (
                <button key={tone} type="button" className={css.key} autoFocus={i === 0} onClick={() => press(tone)}>
                  <span>{tone}</span>
                  <span className={css.letters} aria-hidden="true">
                    {KEY_LETTERS[tone] ?? ''}
                  </span>
                </button>
              ))}
            </div>
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
