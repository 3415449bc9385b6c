// One trunk: how it does now, and its settings as a form by who is at the other end. What the server refuses stands beside its field.
import { Button, MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState, type FormEvent, type ReactNode } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { Guard } from '../admin/guard';
import { SaveBar } from '../admin/save-bar';
import { useWholeForm, type WholeForm } from '../admin/whole-form';
import { ApiError } from '../api/client';
import { KINDS, saveTrunk, trunkOf, type Trunk, type TrunkHealth } from '../api/trunks';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import '../i18n/trunks';
import { useT } from '../i18n/t';
import { Failed, Loading, NotFound, useProblemText } from '../ui/states';
import { refusalsOf, unplacedOf, type Refusals } from './refusals';
import { formOf, inputOf, isStored, problemsOf, type Stored, type TrunkForm } from './trunk';
import { useTrunkHealth, useTrunks } from './use-trunks';

const ConflictDialog = lazy(() => import('../admin/dialogs').then((m) => ({ default: m.ConflictDialog })));
const RemoveTrunk = lazy(() => import('./remove-trunk').then((m) => ({ default: m.RemoveTrunk })));
/** What is below how it does is read later, and comes later. */
const Parts = lazy(() => import('./form').then((m) => ({ default: m.Parts })));
const Now = lazy(() => import('./now').then((m) => ({ default: m.Now })));

export function Page(): ReactNode {
  const { id } = useParams();
  const [query] = useSearchParams();
  if (id === 'new') {
    const kind = KINDS.find((it) => it === query.get('kind')) ?? 'carrier';
    return <Editor key="new" loaded={{ id: 0, version: 0, kind }} />;
  }
  if (!/^\d+$/.test(id ?? '')) {
    return (
      <AdminFrame>
        <NotFound />
      </AdminFrame>
    );
  }
  return <Existing key={id} id={Number(id)} />;
}

function Existing({ id }: { id: number }): ReactNode {
  const { center } = useSession();
  const trunk = useQuery({ queryKey: ['trunk', center, id], queryFn: () => trunkOf(center, id), refetchOnWindowFocus: false });
  if (trunk.isPending || trunk.isError) {
    return <AdminFrame>{trunk.isPending ? <Loading rows={[32, 120, 200, 320]} /> : <Failed error={trunk.error} retry={() => void trunk.refetch()} />}</AdminFrame>;
  }
  return <Editor key={trunk.data.version} loaded={trunk.data} />;
}

export interface Editing {
  form: WholeForm<Stored, TrunkForm>;
  stored: Stored;
  isReadOnly: boolean;
  /** What is wrong at a path, as the page or the server says it. */
  refusals: Refusals;
  trunks: readonly Trunk[];
  health: TrunkHealth | undefined;
}

function useEditing(loaded: Stored): Editing {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { center, may } = useSession();
  const trunks = useTrunks().data ?? [];
  const health = useTrunkHealth().data?.find((it) => it.trunk_id === loaded.id);
  const form = useWholeForm<Stored, TrunkForm>({
    loaded,
    inputOf: formOf,
    problemsOf,
    save: (over, typed) => saveTrunk(center, over, inputOf(typed)),
    reload: () => trunkOf(center, loaded.id),
    hold: (document) => {
      client.setQueryData(['trunk', center, document.id], document);
      void client.invalidateQueries({ queryKey: ['trunks', center] });
      void client.invalidateQueries({ queryKey: ['trunk-health', center] });
      if (isStored(loaded)) return;
      form.leaving.current = true;
      void navigate(`/admin/trunks/${document.id}`, { replace: true });
    },
  });
  const errors = form.error instanceof ApiError ? (form.error.problem.errors ?? []) : [];
  return { form, stored: loaded, isReadOnly: !may('edit_settings'), refusals: refusalsOf(t, form.problems, errors), trunks, health };
}

function Editor({ loaded }: { loaded: Stored }): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  const editing = useEditing(loaded);
  const { form, isReadOnly } = editing;
  const title = isStored(loaded) ? loaded.name : t('trunks.add');
  useTitle(title);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReadOnly && (form.isDirty || !isStored(loaded))) form.save();
  };
  const discard = (): void => {
    if (isStored(loaded)) form.discard();
    else void navigate('/admin/trunks');
  };
  const hasBar = !isReadOnly && (form.isDirty || !isStored(loaded));
  return (
    <AdminFrame foot={hasBar ? <SaveBar isDirty={form.isDirty} isSaving={form.isSaving} discard={discard} save={() => form.save()} /> : null}>
      <Guard when={form.isDirty && !form.isSaving} leaving={form.leaving} />
      <Suspense>
        {form.conflict && isStored(form.conflict) ? (
          <ConflictDialog mine={inputOf(form.input)} theirs={{ ...inputOf(formOf(form.conflict)) }} keepMine={() => form.conflict && form.save(form.conflict)} takeTheirs={form.takeTheirs} close={form.dismiss} />
        ) : null}
      </Suspense>
      <nav className={admin.crumb} aria-label={t('admin.crumb')}>
        <Link to="/admin/trunks">{t('admin.trunks.title')}</Link>
        <span aria-hidden="true">{'/'}</span>
        <span aria-current="page">{title}</span>
      </nav>
      <Head title={title} editing={editing} />
      <Told editing={editing} />
      <Suspense fallback={<Loading rows={[120]} />}>{isStored(loaded) ? <Now trunk={loaded} health={editing.health} trunks={editing.trunks} isReadOnly={isReadOnly} /> : null}</Suspense>
      <form className={admin.inner} onSubmit={submit} noValidate>
        <Suspense fallback={<Loading rows={[240, 420, 240]} />}>
          <Parts editing={editing} />
        </Suspense>
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </AdminFrame>
  );
}

function Head({ title, editing: { form, stored, isReadOnly } }: { title: string; editing: Editing }): ReactNode {
  const t = useT();
  const [isAsking, ask] = useState(false);
  return (
    <div className={admin.head}>
      <h1>{title}</h1>
      {isReadOnly || !isStored(stored) ? null : (
        <div className={admin.tools}>
          <Button icon={<DeleteRegular />} onClick={() => ask(true)}>
            {t('action.delete')}
          </Button>
          <Suspense>{isAsking ? <RemoveTrunk trunk={stored} leaving={form.leaving} close={() => ask(false)} /> : null}</Suspense>
        </div>
      )}
    </div>
  );
}

/** What came of a save, and what this kind of trunk is. */
function Told({ editing: { form, isReadOnly } }: { editing: Editing }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { kind } = form.input;
  const errors = form.error instanceof ApiError ? (form.error.problem.errors ?? []) : [];
  return (
    <>
      {kind === 'teams' ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{t('trunks.unsupported')}</MessageBarTitle>
            {t('trunks.unsupported.text')}
          </MessageBarBody>
        </MessageBar>
      ) : null}
      {form.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            <MessageBarTitle>{t('form.notSaved')}</MessageBarTitle>
            {say(form.error)}
            {unplacedOf(kind, errors).map((it) => (
              <div key={`${it.field}${it.detail}`}>{`${it.field}: ${it.detail}`}</div>
            ))}
          </MessageBarBody>
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
