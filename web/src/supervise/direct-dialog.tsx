// Whether an agent's state shall be set: what will happen, and the reason that the agent reads.
import { Button, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input, MessageBar, MessageBarBody, Select, Spinner } from '@fluentui/react-components';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { api, ask } from '../api/client';
import type { BoardAgent } from '../api/contract';
import { directAgent, type Direction, type DirectionWord } from '../api/direct';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import { consequence, directionOf, WHY_MAX } from './directing';
import css from './floor.module.css';

export default function DirectDialog({ agent, to, close }: { agent: BoardAgent; to: DirectionWord; close: () => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const { name } = agent;
  const [reason, setReason] = useState<number | null>(null);
  const [why, setWhy] = useState('');
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const asked = directionOf({ to, reason, why });
  const missing = isTried && 'missing' in asked ? asked.missing : [];
  const directing = useMutation({
    mutationFn: (body: Direction) => directAgent(center, agent.id, body),
    onSuccess: () => {
      announce(t('direct.done', { name, to }));
      close();
    },
  });
  const sent = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if ('missing' in asked) {
      requestAnimationFrame(() => requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()));
    } else if (!directing.isPending) directing.mutate(asked.body);
  };
  return (
    <Modal open onOpenChange={(_, data) => !data.open && !directing.isPending && close()}>
      <DialogSurface>
        <form ref={form} onSubmit={sent} noValidate>
          <DialogBody>
            <DialogTitle>{t(`direct.title.${to}`, { name })}</DialogTitle>
            <DialogContent>
              <div className={css.asked}>
                <p>{t(consequence(agent.state, to), { name })}</p>
                {to === 'not_ready' ? <ReasonField value={reason} change={setReason} isMissing={missing.includes('reason')} /> : null}
                <Field
                  label={t('direct.why')}
                  hint={t('direct.why.hint', { name })}
                  required
                  validationMessage={missing.includes('why') ? t('direct.why.needed') : undefined}
                >
                  <Input autoComplete="off" maxLength={WHY_MAX} value={why} onChange={(_, data) => setWhy(data.value)} />
                </Field>
                {directing.error ? (
                  <MessageBar intent="error" layout="multiline" role="alert">
                    <MessageBarBody>{say(directing.error)}</MessageBarBody>
                  </MessageBar>
                ) : null}
              </div>
            </DialogContent>
            <DialogActions>
              <Button disabledFocusable={directing.isPending} onClick={close}>
                {t('action.cancel')}
              </Button>
              <Button
                type="submit"
                appearance="primary"
                icon={directing.isPending ? <Spinner size="tiny" appearance="inverted" aria-hidden /> : undefined}
                aria-busy={directing.isPending}
                disabledFocusable={directing.isPending}
              >
                {t(`direct.do.${to}`)}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Modal>
  );
}

function ReasonField({ value, change, isMissing }: { value: number | null; change: (reason: number | null) => void; isMissing: boolean }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const reasons = useQuery({
    queryKey: ['settings', center, 'reasons'],
    queryFn: () => ask(api.GET('/{center}/reasons', { params: { path: { center } } })),
  });
  const items = reasons.data?.items ?? [];
  const problem = reasons.error ? say(reasons.error) : reasons.isSuccess && items.length === 0 ? t('direct.reason.none') : isMissing ? t('direct.reason.needed') : undefined;
  return (
    <Field label={t('direct.reason')} required validationMessage={problem}>
      <Select value={value === null ? '' : String(value)} onChange={(_, data) => change(data.value === '' ? null : Number(data.value))}>
        <option value="">{t('direct.reason.choose')}</option>
        {items.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </Select>
    </Field>
  );
}
