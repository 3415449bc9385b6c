// The dialog that makes, lists and revokes TV links.
import {
  Button,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Input,
  MessageBar,
  MessageBarBody,
  Spinner,
} from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { OpenRegular } from '@fluentui/react-icons/svg/open';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { api, ask } from '../api/client';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import { At } from '../ui/time';
import css from './floor.module.css';

export default function TvLinks({ close }: { close: () => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center, zone } = useSession();
  const path = { center };
  const [copied, setCopied] = useState(false);
  const list = useQuery({
    queryKey: ['tv-tokens', center],
    queryFn: () => ask(api.GET('/{center}/tv-tokens', { params: { path } })),
  });
  const make = useMutation({
    mutationFn: () => ask(api.POST('/{center}/tv-tokens', { params: { path }, body: { board: 'floor' } })),
    onSuccess: () => void list.refetch(),
  });
  const revoke = useMutation({
    mutationFn: (id: number) => ask(api.DELETE('/{center}/tv-tokens/{id}', { params: { path: { center, id } } })),
    onSuccess: () => void list.refetch(),
  });
  const url = make.data ? tvAddress(make.data.url, center) : '';
  const error = make.error ?? revoke.error ?? list.error;
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('tvLinks.title')}</DialogTitle>
          <DialogContent>
            <p>{t('tvLinks.text')}</p>
            {error ? (
              <MessageBar intent="error">
                <MessageBarBody>{say(error)}</MessageBarBody>
              </MessageBar>
            ) : null}
            {url ? (
              <div className={css.linkRow}>
                <Input readOnly value={url} aria-label={t('tvLinks.address')} onFocus={(event) => event.target.select()} />
                <Button
                  icon={<CopyRegular />}
                  onClick={() => void navigator.clipboard?.writeText(url).then(() => setCopied(true))}
                >
                  {copied ? t('action.copied') : t('action.copy')}
                </Button>
                <Button as="a" href={url} target="_blank" rel="noreferrer" icon={<OpenRegular />}>
                  {t('action.open')}
                </Button>
              </div>
            ) : null}
            <ul className={css.links}>
              {(list.data?.items ?? []).map((token) => (
                <li key={token.id}>
                  <span>
                    {t('tvLinks.row', { id: token.id })} {token.created_at ? <At at={token.created_at} zone={zone} /> : null}
                  </span>
                  <Button size="small" onClick={() => revoke.mutate(token.id)} aria-label={t('tvLinks.revoke.label', { id: token.id })}>
                    {t('tvLinks.revoke')}
                  </Button>
                </li>
              ))}
            </ul>
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>{t('action.close')}</Button>
            <Button
              appearance="primary"
              onClick={() => make.mutate()}
              disabledFocusable={make.isPending}
              icon={make.isPending ? <Spinner size="tiny" /> : undefined}
            >
              {t('tvLinks.make')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}

/** The address to type into the TV: absolute, and naming its center. */
function tvAddress(url: string, center: string): string {
  const address = new URL(url, location.origin);
  if (!address.searchParams.has('c')) address.searchParams.set('c', center);
  return address.href;
}
