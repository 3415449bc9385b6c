// The Teams account of a center: one record, by whichever path it was opened. What it does is one press away from being tested.
import { Button, MessageBar, MessageBarBody, MessageBarTitle, Spinner } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState, type FormEvent, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import admin from '../admin/admin.module.css';
import { errorsFor } from '../admin/field-errors';
import { AdminFrame } from '../admin/frame';
import { Guard } from '../admin/guard';
import { useWholeForm, type WholeForm } from '../admin/whole-form';
import { ApiError } from '../api/client';
import { applyTeamsAccount, teamsAccountOf, type Applied, type Warning } from '../api/teams-account';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useT, type MessageId } from '../i18n/t';
import { Failed, Loading, useProblemText } from '../ui/states';
import { formOf, inputOf, isStored, problemsOf, type AccountForm, type Stored } from './account';
import { CONSENTS } from './consents';
import { Credentials } from './credentials';
import { useTeamsAccount } from './integrations';
import { Path, Tabs } from './tabs';

const ConflictDialog = lazy(() => import('../admin/dialogs').then((m) => ({ default: m.ConflictDialog })));
const DeleteAccount = lazy(() => import('./delete-account').then((m) => ({ default: m.DeleteAccount })));
/** What is below the credentials is read later, and comes later. */
const Guide = lazy(() => import('./guide').then((m) => ({ default: m.Guide })));
const Settings = lazy(() => import('./settings').then((m) => ({ default: m.Settings })));
const Rights = lazy(() => import('./rights').then((m) => ({ default: m.Rights })));
const Delegates = lazy(() => import('./delegates').then((m) => ({ default: m.Delegates })));

/** The whole record, or what another product calls its credentials (B-213). */
export type Face = 'account' | 'office';

export function Page(): ReactNode {
  return <AccountPage face="account" />;
}

export function AccountPage({ face }: { face: Face }): ReactNode {
  const account = useTeamsAccount();
  // What was said of the last save stays beside the form that begins anew with it; what is so at each look is told at each.
  const [said, warn] = useState<readonly Warning[]>([]);
  if (account.isPending || account.isError) {
    return <AdminFrame>{account.isPending ? <Loading rows={[32, 200, 320]} /> : <Failed error={account.error} retry={() => void account.refetch()} />}</AdminFrame>;
  }
  const loaded: Stored = account.data ?? { version: 0 };
  const warnings = [...said.filter(({ code }) => code === 'secret_looks_like_id'), ...(isStored(loaded) ? (loaded.warnings ?? []) : [])];
  return <Editor key={loaded.version} face={face} loaded={loaded} warnings={warnings} warn={warn} />;
}

export interface Editing {
  form: WholeForm<Stored, AccountForm>;
  stored: Stored;
  isReadOnly: boolean;
  /** What is wrong with a field, as the server or the page says it. */
  errorOf: (path: string) => string | undefined;
  warnings: readonly Warning[];
}

const SAID: Record<string, MessageId> = {
  name: 'field.error.required',
  object_id: 'field.error.guid',
  tenant_id: 'field.error.guid',
  client_id: 'field.error.guid',
  'certificate.pem': 'field.error.required',
  'certificate.key_pem': 'field.error.required',
  licensing_acknowledged: 'teamsAccount.licensing.mustRead',
  drawer_limit: 'teamsAccount.limit.wrong',
};

function useEditing(loaded: Stored, warnings: readonly Warning[], warn: (warnings: readonly Warning[]) => void): Editing {
  const t = useT();
  const client = useQueryClient();
  const { center, may } = useSession();
  const form = useWholeForm<Stored, AccountForm>({
    loaded,
    inputOf: formOf,
    problemsOf,
    save: async (over, typed) => {
      const applied: Applied = await applyTeamsAccount(center, over.version, inputOf(typed));
      warn(applied.warnings ?? []);
      return applied;
    },
    reload: async () => (await teamsAccountOf(center)) ?? { version: 0 },
    hold: (document) => {
      client.setQueryData(['teams-account', center], isStored(document) ? document : null);
      void client.invalidateQueries({ queryKey: ['teams-rights', center] });
      void client.invalidateQueries({ queryKey: ['my-teams', center] });
    },
  });
  const refused = form.error instanceof ApiError ? (form.error.problem.errors ?? []) : [];
  return {
    form,
    stored: loaded,
    isReadOnly: !may('edit_settings'),
    warnings,
    errorOf: (path) => {
      if (!form.problems.includes(path)) return errorsFor(refused, path);
      if (path.startsWith('messages.')) return t('teamsAccount.messages.wrong');
      return t(SAID[path] ?? 'field.error.required');
    },
  };
}

function Editor({ face, loaded, warnings, warn }: { face: Face; loaded: Stored; warnings: readonly Warning[]; warn: (warnings: readonly Warning[]) => void }): ReactNode {
  const t = useT();
  const editing = useEditing(loaded, warnings, warn);
  const { form, isReadOnly } = editing;
  const title = face === 'office' ? t('teamsAccount.path.office') : isStored(loaded) ? loaded.name : t('teamsAccount.add.teams');
  useTitle(title);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReadOnly && form.isDirty) form.save();
  };
  return (
    <AdminFrame foot={isReadOnly ? null : <Foot face={face} form={form} isNew={!isStored(loaded)} />}>
      <Guard when={form.isDirty && !form.isSaving} leaving={form.leaving} />
      <Suspense>
        {form.conflict && isStored(form.conflict) ? (
          <ConflictDialog mine={inputOf(form.input)} theirs={{ ...form.conflict }} keepMine={() => form.conflict && form.save(form.conflict)} takeTheirs={form.takeTheirs} close={form.dismiss} />
        ) : null}
      </Suspense>
      <Path of={face === 'office' ? 'settings' : 'configuration'} here={face === 'office' ? t('teamsAccount.configure') : title} />
      <Head title={title} loaded={loaded} form={form} isReadOnly={isReadOnly} />
      <Tabs />
      <Told form={form} isReadOnly={isReadOnly} warnings={warnings} />
      <form className={admin.inner} onSubmit={submit} noValidate>
        {face === 'account' ? (
          <Suspense fallback={<Loading rows={[64]} />}>
            <Guide editing={editing} />
          </Suspense>
        ) : null}
        <Credentials editing={editing} face={face} />
        {face === 'account' ? (
          <Suspense fallback={<Loading rows={[160, 160, 320, 480]} />}>
            <Settings editing={editing} />
          </Suspense>
        ) : null}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
      {isStored(loaded) ? (
        <Suspense fallback={<Loading rows={[240, 120]} />}>
          <Rights account={loaded} />
          <Delegates account={loaded} isDirty={form.isDirty} />
        </Suspense>
      ) : null}
    </AdminFrame>
  );
}

function Head({ title, loaded, form, isReadOnly }: { title: string; loaded: Stored; form: WholeForm<Stored, AccountForm>; isReadOnly: boolean }): ReactNode {
  const t = useT();
  const [isAsking, ask] = useState(false);
  return (
    <div className={admin.head}>
      <h1>{title}</h1>
      {isReadOnly || !isStored(loaded) ? null : (
        <div className={admin.tools}>
          <Button icon={<DeleteRegular />} onClick={() => ask(true)}>{t('action.delete')}</Button>
          <Suspense>{isAsking ? <DeleteAccount account={loaded} leaving={form.leaving} close={() => ask(false)} /> : null}</Suspense>
        </div>
      )}
    </div>
  );
}

/** What came of a save, or of a consent that an administrator was sent to. */
function Told({ form, isReadOnly, warnings }: { form: WholeForm<Stored, AccountForm>; isReadOnly: boolean; warnings: readonly Warning[] }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const [query] = useSearchParams();
  const came = CONSENTS.find((it) => it === query.get('consent'));
  const crowd = warnings.find(({ code }) => code === 'too_many_in_step');
  return (
    <>
      {came ? (
        <MessageBar intent={came === 'granted' ? 'success' : 'error'} layout="multiline" role={came === 'granted' ? 'status' : 'alert'}>
          <MessageBarBody>{t(`rights.came.${came}`)}</MessageBarBody>
        </MessageBar>
      ) : null}
      {form.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            <MessageBarTitle>{t('form.notSaved')}</MessageBarTitle>
            {say(form.error)}
          </MessageBarBody>
        </MessageBar>
      ) : null}
      {warnings.some(({ code }) => code === 'secret_looks_like_id') && !form.isDirty ? (
        <MessageBar intent="warning" layout="multiline" role="status">
          <MessageBarBody>{t('teamsAccount.secret.looksLikeId')}</MessageBarBody>
        </MessageBar>
      ) : null}
      {crowd ? (
        <MessageBar intent="warning" layout="multiline" role="status">
          <MessageBarBody>{t('teamsAccount.tooManyInStep', { n: crowd.n ?? 0, max: crowd.n_max ?? 0 })}</MessageBarBody>
        </MessageBar>
      ) : null}
      {isReadOnly ? (
        <MessageBar>
          <MessageBarBody>{t('form.readOnly')}</MessageBarBody>
        </MessageBar>
      ) : null}
    </>
  );
}

/** B-062 and B-217: at the bottom, Apply; or Save for what is new and Update for what is there. */
function Foot({ face, form, isNew }: { face: Face; form: WholeForm<Stored, AccountForm>; isNew: boolean }): ReactNode {
  const t = useT();
  const verb = face === 'account' ? t('teamsAccount.apply') : t(isNew ? 'action.save' : 'teamsAccount.update');
  const { isDirty, isSaving } = form;
  return (
    <div className={admin.save} role="region" aria-label={verb}>
      <span>{isDirty ? t('form.unsaved') : t('teamsAccount.applied')}</span>
      <Button disabledFocusable={isSaving || !isDirty} onClick={form.discard}>
        {t(face === 'account' ? 'action.discard' : 'action.cancel')}
      </Button>
      <Button
        appearance="primary"
        aria-busy={isSaving}
        disabledFocusable={isSaving || !isDirty}
        icon={isSaving ? <Spinner size="tiny" appearance="inverted" aria-hidden /> : undefined}
        onClick={() => (isDirty ? form.save() : announce(t('teamsAccount.applied')))}
      >
        {verb}
      </Button>
    </div>
  );
}
