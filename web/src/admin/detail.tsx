// One settings object as a page: its form, save and discard, the guard against losing changes, conflict, deletion.
import { Button, MessageBar, MessageBarBody, MessageBarTitle, Spinner } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { KeyRegular } from '@fluentui/react-icons/svg/key';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState, type ComponentType, type FormEvent, type JSX, type ReactNode } from 'react';
import { Link, useBlocker, useNavigate, useParams } from 'react-router';
import { ApiError } from '../api/client';
import type { Area, FlowInput, Versioned } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useT, type MessageId } from '../i18n/t';
import { Failed, Loading, NotFound, useProblemText } from '../ui/states';
import css from './admin.module.css';
import { settingsArea } from './areas';
import { SettingsField } from './field';
import { check, errorsFor, FORMS, fresh, valueAt, withValue, type FieldSpec } from './forms';
import { AdminFrame } from './frame';
import { create, objectQuery, save, titleOf } from './settings';

// Dialogs and the flow editor come when they are needed.
const TestCallDialog = lazy(() => import('./extras').then((m) => ({ default: m.TestCallDialog })));
const PasswordDialog = lazy(() => import('./extras').then((m) => ({ default: m.PasswordDialog })));
const FlowEditor = lazy(() => import('./flow-editor').then((m) => ({ default: m.FlowEditor })));
const GuardDialog = lazy(() => import('./dialogs').then((m) => ({ default: m.GuardDialog })));
const ConflictDialog = lazy(() => import('./dialogs').then((m) => ({ default: m.ConflictDialog })));
const DeleteDialog = lazy(() => import('./dialogs').then((m) => ({ default: m.DeleteDialog })));

type Loaded = Versioned & Record<string, unknown>;

export function Page(): ReactNode {
  const { area: name, id } = useParams();
  const area = settingsArea(name);
  if (!area || id === undefined || (id !== 'new' && !/^\d+$/.test(id))) {
    return (
      <AdminFrame>
        <NotFound />
      </AdminFrame>
    );
  }
  if (id === 'new') return <Editor key={`${area}-new`} area={area} loaded={null} reload={() => undefined} />;
  return <Existing key={`${area}-${id}`} area={area} id={Number(id)} />;
}

function Existing({ area, id }: { area: Area; id: number }): ReactNode {
  const { center } = useSession();
  const query = useQuery({ ...objectQuery(center, area, id), refetchOnWindowFocus: false });
  if (query.isPending || query.isError) {
    return (
      <AdminFrame>
        {query.isPending ? <Loading rows={[32, 200, 260]} /> : <Failed error={query.error} retry={() => void query.refetch()} />}
      </AdminFrame>
    );
  }
  const loaded = query.data as unknown as Loaded;
  return <Editor key={loaded.version} area={area} loaded={loaded} reload={() => void query.refetch()} />;
}

/** Leads to the first field that needs attention, once it is marked. */
function showFirstError(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      document.querySelector<HTMLElement>('form [aria-invalid="true"], form [data-problem="true"] input')?.focus();
    }),
  );
}

export function inputOf(loaded: Loaded): Record<string, unknown> {
  // The queue of an endpoint follows from its flow: the server tells it, and is not told.
  const { id: _id, version: _version, queue_id: _queue, ...input } = loaded;
  return input;
}

function Editor({ area, loaded, reload }: { area: Area; loaded: Loaded | null; reload: () => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { center, has } = useSession();
  const mayWrite = has('administrator');
  const [start] = useState<Record<string, unknown>>(() =>
    loaded ? inputOf(loaded) : (structuredClone(fresh(area)) as unknown as Record<string, unknown>),
  );
  const [form, setForm] = useState(start);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  const [conflict, setConflict] = useState<Loaded | null>(null);
  const dirty = JSON.stringify(form) !== JSON.stringify(start);
  const leaving = useRef(false);
  const title = loaded ? titleOf(loaded) : t(`admin.${area}.add` as MessageId);
  useTitle(title);

  const serverErrors = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  const sections = area === 'flows' ? [] : FORMS[area];
  const specs = sections.flatMap((section) => section.fields).filter((spec) => !(spec.onlyNew && loaded));
  const localError = (spec: FieldSpec): string | undefined => {
    const id = check(spec, valueAt(form, spec.path));
    if (!id) return undefined;
    return spec.kind === 'number' ? t(id, { min: spec.min, max: spec.max }) : t(id);
  };

  const submit = async (version = loaded?.version): Promise<void> => {
    setTouched(new Set(specs.map((spec) => spec.path)));
    const wrong = specs.find((spec) => localError(spec) !== undefined);
    if (wrong) {
      announce(t('form.fix'), 'assertive');
      showFirstError();
      return;
    }
    setSaving(true);
    setError(null);
    setConflict(null);
    try {
      if (loaded && version !== undefined) await save(center, area, loaded.id, version, form);
      leaving.current = true;
      const made = loaded ? null : await create(center, area, form);
      announce(t('form.saved'));
      await client.invalidateQueries({ queryKey: ['settings', center, area] });
      leaving.current = false;
      if (made) {
        leaving.current = true;
        void navigate(`/admin/${area}/${made.id}`, { replace: true });
      } else reload();
    } catch (failure) {
      leaving.current = false;
      setError(failure);
      showFirstError();
      if (failure instanceof ApiError && (failure.status === 409 || failure.status === 412) && loaded) {
        const theirs = await client.fetchQuery({ ...objectQuery(center, area, loaded.id), staleTime: 0, queryKey: ['theirs', center, area, loaded.id] });
        const current = theirs as unknown as Loaded;
        if (current.version !== loaded.version) setConflict(current);
      }
    } finally {
      setSaving(false);
    }
  };

  const foot =
    mayWrite && (dirty || !loaded) ? (
      <div className={css.save} role="region" aria-label={t('form.unsaved')}>
        <span>{dirty ? t('form.unsaved') : ''}</span>
        <Button
          onClick={() => {
            if (loaded) {
              setForm(start);
              setError(null);
              setTouched(new Set());
            } else void navigate(`/admin/${area}`);
          }}
        >
          {t('action.discard')}
        </Button>
        <Button
          appearance="primary"
          onClick={() => void submit()}
          aria-busy={saving}
          disabledFocusable={saving}
          icon={saving ? <Spinner size="tiny" appearance="inverted" /> : undefined}
        >
          {t('action.save')}
        </Button>
      </div>
    ) : null;

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (mayWrite && !saving) void submit();
  };
  const unplaced = serverErrors.filter(
    (e) => area !== 'flows' && !specs.some((spec) => errorsFor([e], spec.path) !== undefined),
  );
  return (
    <AdminFrame foot={foot}>
      <Guard when={dirty && !saving} leaving={leaving} />
      {conflict ? (
        <Suspense>
          <ConflictDialog
          mine={form}
          theirs={conflict}
          keepMine={() => void submit(conflict.version)}
          takeTheirs={() => {
            setForm(start);
            reload();
            setConflict(null);
          }}
          close={() => setConflict(null)}
        />
        </Suspense>
      ) : null}
      <nav className={css.crumb} aria-label={t('admin.crumb')}>
        <Link to={`/admin/${area}`}>{t(`admin.${area}.title` as MessageId)}</Link>
        <span aria-hidden="true">{'/'}</span>
        <span aria-current="page">{title}</span>
      </nav>
      <div className={css.head}>
        <h1>{title}</h1>
        <div className={css.tools}>
          {loaded && area === 'agents' && mayWrite ? (
            <Tool icon={<KeyRegular />} label={t('password.open')} dialog={PasswordDialog} id={loaded.id} />
          ) : null}
          {loaded && area === 'endpoints' && mayWrite ? (
            <Tool icon={<CallRegular />} label={t('testCall.open')} dialog={TestCallDialog} id={loaded.id} />
          ) : null}
          {loaded && mayWrite ? <Deletion area={area} loaded={loaded} leaving={leaving} /> : null}
        </div>
      </div>
      {error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            <MessageBarTitle>{t('form.notSaved')}</MessageBarTitle>
            {say(error)}
            {unplaced.map((e) => (
              <div key={`${e.field}${e.detail}`}>{`${e.field}: ${e.detail}`}</div>
            ))}
          </MessageBarBody>
        </MessageBar>
      ) : null}
      {mayWrite ? null : (
        <MessageBar>
          <MessageBarBody>{t('form.readOnly')}</MessageBarBody>
        </MessageBar>
      )}
      <form className={css.inner} onSubmit={onSubmit} noValidate>
        {sections.map((section) => (
          <section key={section.title} className={`${css.card} ${css.section}`}>
            <h2>{t(section.title)}</h2>
            <div className={css.fields}>
              {section.fields
                .filter((spec) => specs.includes(spec))
                .map((spec) => (
                  <SettingsField
                    key={spec.path}
                    spec={spec}
                    value={valueAt(form, spec.path)}
                    error={errorsFor(serverErrors, spec.path) ?? (touched.has(spec.path) ? localError(spec) : undefined)}
                    disabled={!mayWrite}
                    change={(value) => setForm((before) => withValue(before, spec.path, value))}
                    blur={() => setTouched((before) => new Set(before).add(spec.path))}
                  />
                ))}
            </div>
          </section>
        ))}
        {area === 'flows' ? (
          <Suspense fallback={<Loading rows={[160, 300]} />}>
          <FlowEditor
            flow={form as unknown as FlowInput}
            errors={serverErrors}
            disabled={!mayWrite}
            change={(flow) => setForm(flow as unknown as Record<string, unknown>)}
          />
          </Suspense>
        ) : null}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </AdminFrame>
  );
}

/** Asks before unsaved changes are left, inside the app and when the tab closes. */
function Guard({ when, leaving }: { when: boolean; leaving: React.RefObject<boolean> }): ReactNode {
  const blocker = useBlocker(() => when && !leaving.current);
  useEffect(() => {
    if (!when) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [when]);
  if (blocker.state !== 'blocked') return null;
  return (
    <Suspense>
      <GuardDialog leave={() => blocker.proceed()} stay={() => blocker.reset()} />
    </Suspense>
  );
}

function Tool(props: {
  icon: JSX.Element;
  label: string;
  dialog: ComponentType<{ id: number; close: () => void }>;
  id: number;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const Shown = props.dialog;
  return (
    <>
      <Button icon={props.icon} onClick={() => setOpen(true)}>
        {props.label}
      </Button>
      {open ? (
        <Suspense>
          <Shown id={props.id} close={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

function Deletion({ area, loaded, leaving }: { area: Area; loaded: Loaded; leaving: React.RefObject<boolean> }): ReactNode {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={<DeleteRegular />} onClick={() => setOpen(true)}>
        {t('action.delete')}
      </Button>
      {open ? (
        <Suspense>
          <DeleteDialog area={area} id={loaded.id} version={loaded.version} name={titleOf(loaded)} leaving={leaving} close={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
