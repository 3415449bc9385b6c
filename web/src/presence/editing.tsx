// Both screens of the presence rules are one document: what they load, save and ask when a mapping loops.
import { Button, Checkbox, MessageBar, MessageBarBody, MessageBarTitle, Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState, type FormEvent, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { Guard } from '../admin/guard';
import { useWholeForm, type WholeForm } from '../admin/whole-form';
import { presenceRulesOf, savePresenceRules, type PresenceRules, type PresenceRulesInput } from '../api/presence-rules';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import '../i18n/integration';
import { useT } from '../i18n/t';
import { Path, Tabs } from '../teams-account/tabs';
import { Failed, Loading, useProblemText } from '../ui/states';
import css from './presence.module.css';
import { inputOf, problemsOf } from './rules';
import { useReasons, useWords, type Reason, type Words } from './words';

const ConflictDialog = lazy(() => import('../admin/dialogs').then((m) => ({ default: m.ConflictDialog })));
const LoopDialog = lazy(() => import('./loop-dialog').then((m) => ({ default: m.LoopDialog })));
const Simulator = lazy(() => import('./simulator').then((m) => ({ default: m.Simulator })));

export interface Editing {
  form: WholeForm<PresenceRules, PresenceRulesInput>;
  reasons: readonly Reason[];
  words: Words;
  isReadOnly: boolean;
}
export type Direction = 'to_teams' | 'from_teams';
type Part = (props: { editing: Editing }) => ReactNode;

/** One direction of the rules, with what stands below its table. */
export function PresencePage({ direction, part: Below }: { direction: Direction; part: Part }): ReactNode {
  const { center } = useSession();
  const rules = useQuery({ queryKey: ['presence-rules', center], queryFn: () => presenceRulesOf(center), refetchOnWindowFocus: false });
  if (rules.isPending || rules.isError) {
    return <AdminFrame>{rules.isPending ? <Loading rows={[32, 320, 160]} /> : <Failed error={rules.error} retry={() => void rules.refetch()} />}</AdminFrame>;
  }
  return <Editor key={rules.data.version} loaded={rules.data} direction={direction} part={Below} />;
}

function Editor({ loaded, direction, part: Below }: { loaded: PresenceRules; direction: Direction; part: Part }): ReactNode {
  const t = useT();
  const client = useQueryClient();
  const { center, may } = useSession();
  const [looping, refuse] = useState<PresenceRules | null>(null);
  const hold = (stored: PresenceRules): unknown => client.setQueryData(['presence-rules', center], stored);
  const form = useWholeForm<PresenceRules, PresenceRulesInput>({
    loaded,
    inputOf,
    problemsOf,
    save: (over, input) => savePresenceRules(center, over.version, input, 'refused'),
    reload: () => presenceRulesOf(center),
    hold,
    refused: ({ code }) => {
      if (code !== 'presence_loop') return false;
      refuse(loaded);
      return true;
    },
  });
  const reasons = useReasons();
  const words = useWords(reasons);
  const editing: Editing = { form, reasons, words, isReadOnly: !may('edit_settings') };
  const title = t(direction === 'to_teams' ? 'presence.toTeams' : 'presence.fromTeams');
  useTitle(title);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!editing.isReadOnly && form.isDirty) form.save();
  };
  return (
    <AdminFrame foot={editing.isReadOnly ? null : <Foot form={form} isNew={loaded.version === 0} />}>
      <Guard when={form.isDirty && !form.isSaving} leaving={form.leaving} />
      <Suspense>
        {form.conflict ? <ConflictDialog mine={form.input} theirs={{ ...form.conflict }} keepMine={() => form.conflict && form.save(form.conflict)} takeTheirs={form.takeTheirs} close={form.dismiss} /> : null}
        {looping ? (
          <LoopDialog
            rules={form.input}
            words={words}
            save={() => savePresenceRules(center, looping.version, form.input, 'allowed')}
            saved={(stored) => {
              refuse(null);
              hold(stored);
            }}
            close={() => refuse(null)}
          />
        ) : null}
      </Suspense>
      <Path of="settings" here={title} />
      <div className={admin.head}>
        <h1>{title}</h1>
      </div>
      <Tabs />
      <p className={admin.about}>{t(`presence.${direction}.about`)}</p>
      <Told form={form} isReadOnly={editing.isReadOnly} isFresh={loaded.version === 0} />
      <form className={admin.inner} onSubmit={submit} noValidate>
        <DirectionBox direction={direction} editing={editing} />
        <Below editing={editing} />
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
      <Suspense fallback={<Loading rows={[160]} />}>
        <Simulator rules={form.input} words={words} reasons={reasons} begin={direction === 'to_teams' ? 'tandem' : 'teams'} />
      </Suspense>
    </AdminFrame>
  );
}

/** B-216: each direction on or off alone. */
function DirectionBox({ direction, editing: { form, isReadOnly } }: { direction: Direction; editing: Editing }): ReactNode {
  const t = useT();
  const { is_on } = form.input[direction];
  const turn = (on: boolean): void => {
    if (direction === 'to_teams') form.change({ to_teams: { ...form.input.to_teams, is_on: on } });
    else form.change({ from_teams: { ...form.input.from_teams, is_on: on } });
  };
  return (
    <div className={css.direction}>
      <Checkbox disabled={isReadOnly} checked={is_on} label={t(`presence.${direction}.on`)} onChange={(_, data) => turn(data.checked === true)} />
      {is_on ? null : <p className={admin.hint}>{t(`presence.${direction}.off`)}</p>}
    </div>
  );
}

function Told({ form, isReadOnly, isFresh }: { form: WholeForm<PresenceRules, PresenceRulesInput>; isReadOnly: boolean; isFresh: boolean }): ReactNode {
  const t = useT();
  const say = useProblemText();
  return (
    <>
      {form.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            <MessageBarTitle>{t('form.notSaved')}</MessageBarTitle>
            {say(form.error)}
          </MessageBarBody>
        </MessageBar>
      ) : null}
      {isReadOnly ? (
        <MessageBar>
          <MessageBarBody>{t('form.readOnly')}</MessageBarBody>
        </MessageBar>
      ) : isFresh ? (
        <MessageBar layout="multiline">
          <MessageBarBody>{t('presence.fresh')}</MessageBarBody>
        </MessageBar>
      ) : null}
    </>
  );
}

/** B-217: Save for what is new, Update for what is there. */
function Foot({ form: { isDirty, isSaving, discard, save }, isNew }: { form: WholeForm<PresenceRules, PresenceRulesInput>; isNew: boolean }): ReactNode {
  const t = useT();
  const verb = t(isNew ? 'action.save' : 'presence.update');
  return (
    <div className={admin.save} role="region" aria-label={verb}>
      <span>{isDirty ? t('form.unsaved') : ''}</span>
      <Button disabledFocusable={isSaving || !isDirty} onClick={discard}>
        {t('action.cancel')}
      </Button>
      <Button appearance="primary" aria-busy={isSaving} disabledFocusable={isSaving || !isDirty} icon={isSaving ? <Spinner size="tiny" appearance="inverted" aria-hidden /> : undefined} onClick={() => (isDirty ? save() : undefined)}>
        {verb}
      </Button>
    </div>
  );
}
