// The questions of a settings page: leave without saving, conflict, delete.
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
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type RefObject } from 'react';
import { useNavigate } from 'react-router';
import type { Area } from '../api/contract';
import { useSession } from '../app/session';
import { useT, type MessageId } from '../i18n/t';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import css from './admin.module.css';
import { valueAt } from './forms';
import { remove } from './settings';

export function GuardDialog({ leave, stay }: { leave: () => void; stay: () => void }): ReactNode {
  const t = useT();
  return (
    <Modal open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('guard.title')}</DialogTitle>
          <DialogContent>{t('guard.text')}</DialogContent>
          <DialogActions>
            <Button onClick={leave}>{t('guard.leave')}</Button>
            <Button appearance="primary" onClick={stay}>
              {t('guard.stay')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}

/** What a part is called, and how its value reads. */
export type PartWords = (key: string, value: unknown) => readonly [string, string];

export function ConflictDialog(props: {
  mine: unknown;
  theirs: Record<string, unknown>;
  /** Without it the parts are shown as they are stored. */
  words?: PartWords;
  keepMine: () => void;
  takeTheirs: () => void;
  close: () => void;
}): ReactNode {
  const t = useT();
  const { mine, theirs, words } = props;
  const keys = Object.keys(theirs).filter(
    (key) => key !== 'id' && key !== 'version' && JSON.stringify(theirs[key]) !== JSON.stringify(valueAt(mine, key)),
  );
  const part = (of: unknown): ReactNode =>
    words ? (
      <dl className={css.parts}>
        {keys.map((key) => {
          const [name, value] = words(key, valueAt(of, key));
          return (
            <div key={key}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          );
        })}
      </dl>
    ) : (
      <pre tabIndex={0}>{JSON.stringify(Object.fromEntries(keys.map((key) => [key, valueAt(of, key)])), null, 2)}</pre>
    );
  return (
    <Modal open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('conflict.title')}</DialogTitle>
          <DialogContent>
            <p>{t('conflict.text')}</p>
            <div className={css.conflict}>
              <div>
                <h3>{t('conflict.mine')}</h3>
                {part(mine)}
              </div>
              <div>
                <h3>{t('conflict.theirs')}</h3>
                {part(theirs)}
              </div>
            </div>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={props.close}>{t('action.cancel')}</Button>
            <Button onClick={props.takeTheirs}>{t('conflict.takeTheirs')}</Button>
            <Button appearance="primary" onClick={props.keepMine}>
              {t('conflict.keepMine')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}

export function DeleteDialog(props: {
  area: Area;
  id: number;
  version: number;
  name: string;
  leaving: RefObject<boolean>;
  close: () => void;
}): ReactNode {
  const t = useT();
  const say = useProblemText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { center } = useSession();
  const { area, id, version, name, leaving, close } = props;
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    try {
      await remove(center, area, id, version);
      leaving.current = true;
      client.removeQueries({ queryKey: ['settings', center, area, id] });
      await client.invalidateQueries({ queryKey: ['settings', center, area], exact: true });
      void navigate(`/admin/${area}`);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Modal open modalType="alert" onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('delete.title', { name })}</DialogTitle>
          <DialogContent>
            <p>{t(`delete.${area}` as MessageId)}</p>
            {error ? (
              <MessageBar intent="error" role="alert">
                <MessageBarBody>{say(error)}</MessageBarBody>
              </MessageBar>
            ) : null}
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>{t('action.cancel')}</Button>
            <Button appearance="primary" onClick={() => void confirm()} disabledFocusable={busy} aria-busy={busy}>
              {t('action.delete')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}
