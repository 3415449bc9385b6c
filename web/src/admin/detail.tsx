// One settings object as a page: its form, save and discard, the guard against losing changes, conflict, deletion.
import { Button, MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { CallProhibitedRegular } from '@fluentui/react-icons/svg/call-prohibited';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { KeyRegular } from '@fluentui/react-icons/svg/key';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState, type ComponentType, type FormEvent, type JSX, type ReactNode, type RefObject } from 'react';
import { Link, useLocation, useNavigate, useParams, useSearchParams } from 'react-router';
import { ApiError } from '../api/client';
import type { Area, CapacityProfileInput, FlowInput, Versioned } from '../api/contract';
import type { PromptInput } from '../api/prompts';
import type { ScheduleInput } from '../api/schedules';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { profileProblems } from '../capacity/profile';
import { problems } from '../hours/schedule';
import { useT, type MessageId } from '../i18n/t';
import { promptProblems, sentPrompt } from '../prompts/prompt';
import { onceReleased } from '../ui/press';
import { Failed, Loading, NotFound, useProblemText } from '../ui/states';
import css from './admin.module.css';
import { needToMake, settingsArea } from './areas';
import { SettingsField } from './field';
import { errorsFor } from './field-errors';
import { check, FORMS, fresh, valueAt, withValue, type FieldSpec } from './forms';
import { AdminFrame } from './frame';
import { Guard } from './guard';
import { SaveBar } from './save-bar';
import { create, objectQuery, save, titleOf } from './settings';

// Dialogs and the flow editor come when they are needed.
const TestCallDialog = lazy(() => import('./extras').then((m) => ({ default: m.TestCallDialog })));
const PasswordDialog = lazy(() => import('./extras').then((m) => ({ default: m.PasswordDialog })));
const FlowEditor = lazy(() => import('../flow/editor').then((m) => ({ default: m.FlowEditor })));
const PromptEditor = lazy(() => import('../prompts/editor').then((m) => ({ default: m.PromptEditor })));
const CapacityEditor = lazy(() => import('../capacity/editor').then((m) => ({ default: m.CapacityEditor })));
const ProfileAgents = lazy(() => import('../capacity/agents').then((m) => ({ default: m.ProfileAgents })));
const ScheduleEditor = lazy(() => import('../hours/editor').then((m) => ({ default: m.ScheduleEditor })));
const CloseDialog = lazy(() => import('../hours/closure').then((m) => ({ default: m.CloseDialog })));
const ClosureBar = lazy(() => import('../hours/closure').then((m) => ({ default: m.ClosureBar })));
const ConflictDialog = lazy(() => import('./dialogs').then((m) => ({ default: m.ConflictDialog })));
const DeleteDialog = lazy(() => import('./dialogs').then((m) => ({ default: m.DeleteDialog })));

/** What is said of a new version, where it matters to contacts that are in a call: they keep their flow, and hear the new prompt. */
const SAVED_AS: Partial<Record<Area, MessageId>> = { flows: 'form.savedAs', prompts: 'form.savedAs.prompt' };

type Loaded = Versioned & Record<string, unknown>;
/** Errors of these stand at their fields in the editor of their own. */
const OWN_FIELDS: Partial<Record<Area, RegExp>> = {
  flows: /./,
  prompts: /^\/?(name|default_language|languages)\b/,
  schedules: /^\/?(name|time_zone|weekly|exceptions)\b/,
  'capacity-profiles': /^\/?(channels|units_total|labels)\b/,
  endpoints: /^\/?(number|resource_account_id)\b/,
};

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
  if (id === 'new') return <NewObject key={`${area}-new`} area={area} />;
  return <Existing key={`${area}-${id}`} area={area} id={Number(id)} />;
}

function NewObject({ area }: { area: Area }): ReactNode {
  const carried = useRef<Carried | null>(null);
  const saved = useRef<number | null>(null);
  return <Editor area={area} loaded={null} carried={carried} saved={saved} reload={() => undefined} />;
}

/** What was typed but not saved when the object changed underneath, by a closure or by what was being saved: it is kept for the form that comes. */
interface Carried {
  form: Record<string, unknown> | null;
  by: 'closure' | 'save';
}

function isCarried(state: unknown): state is Carried {
  return typeof state === 'object' && state !== null && 'form' in state;
}

function Existing({ area, id }: { area: Area; id: number }): ReactNode {
  const { center } = useSession();
  // What was typed while the object was being made.
  const { state } = useLocation();
  const carried = useRef<Carried | null>(isCarried(state) ? state : null);
  useEffect(() => window.history.replaceState({ ...(window.history.state as object | null), usr: null }, ''), []);
  const saved = useRef<number | null>(null);
  const query = useQuery({ ...objectQuery(center, area, id), refetchOnWindowFocus: false });
  if (query.isPending || query.isError) {
    return (
      <AdminFrame>
        {query.isPending ? <Loading rows={[32, 200, 260]} /> : <Failed error={query.error} retry={() => void query.refetch()} />}
      </AdminFrame>
    );
  }
  const loaded = query.data as unknown as Loaded;
  return <Editor key={loaded.version} area={area} loaded={loaded} carried={carried} saved={saved} reload={() => void query.refetch()} />;
}

/** Leads to the first field that needs attention, once it is marked. */
function showFirstError(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      document.querySelector<HTMLElement>('form [aria-invalid="true"], form [data-problem="true"] input, form [data-wrong="true"] button')?.focus();
    }),
  );
}

export function inputOf(loaded: Loaded): Record<string, unknown> {
  // The queue of an endpoint follows from its flow: the server tells it, and is not told.
  const { id: _id, version: _version, queue_id: _queue, ...input } = loaded;
  return input;
}

/** A new endpoint for a number that somebody came from. */
function begun(area: Area, object: Record<string, unknown>, number: string | null): Record<string, unknown> {
  return area === 'endpoints' && number !== null ? { ...object, resource_account_id: null, number } : object;
}

/** What can be seen to be wrong before asking the server, in areas with an editor of their own. */
function isIncomplete(area: Area, form: Record<string, unknown>): boolean {
  if (area === 'schedules') return problems(form as unknown as ScheduleInput).length > 0;
  if (area === 'capacity-profiles') return profileProblems(form as unknown as CapacityProfileInput).length > 0;
  return area === 'prompts' && promptProblems(form as unknown as PromptInput).length > 0;
}

/** A closure is not edited in the form: whoever saves does not undo what somebody else closed or reopened meanwhile. */
function withClosureOf(form: Record<string, unknown>, object: Record<string, unknown>): Record<string, unknown> {
  return 'closed_now' in object ? { ...form, closed_now: object['closed_now'] } : form;
}

interface EditorProps {
  area: Area;
  loaded: Loaded | null;
  carried: RefObject<Carried | null>;
  /** The version that was saved just now. */
  saved: RefObject<number | null>;
  reload: () => void;
}

function Editor({ area, loaded, carried, saved, reload }: EditorProps): ReactNode {
  const t = useT();
  const say = useProblemText();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const client = useQueryClient();
  const { center, may, zone } = useSession();
  // Whoever may change queues may not thereby make or remove them.
  const mayMake = may(needToMake(area));
  const savedAs = SAVED_AS[area];
  const mayWrite = mayMake || (area === 'queues' && loaded !== null && may('edit_queues'));
  const [start] = useState<Record<string, unknown>>(() =>
    loaded ? inputOf(loaded) : begun(area, structuredClone(fresh(area, zone)) as unknown as Record<string, unknown>, query.get('number')),
  );
  // A version that a closure made: the focus goes on at its bar, and what was typed stays.
  const [kept] = useState(carried.current);
  const [news] = useState(saved.current);
  useEffect(() => {
    carried.current = null;
    saved.current = null;
  }, [carried, saved]);
  const [form, setForm] = useState(() => (kept?.form ? withClosureOf(kept.form, start) : start));
  // While it is saved the form that comes, with the new version, may be there before the answer is: what is typed until then goes with it.
  const sending = useRef<Record<string, unknown> | null>(null);
  useEffect(() => {
    if (sending.current === null) return;
    carried.current = JSON.stringify(form) === JSON.stringify(sending.current) ? null : { form, by: 'save' };
  }, [form, carried]);
  const [tried, setTried] = useState(false);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  const [conflict, setConflict] = useState<Loaded | null>(null);
  const dirty = JSON.stringify(form) !== JSON.stringify(start);
  const leaving = useRef(false);
  const title = loaded ? titleOf(loaded) : t(`admin.${area}.add` as MessageId);
  useTitle(title);

  const serverErrors = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  const sections = FORMS[area];
  const specs = sections.flatMap((section) => section.fields).filter((spec) => !(spec.onlyNew && loaded));
  const localError = (spec: FieldSpec): string | undefined => {
    const id = check(spec, valueAt(form, spec.path), form);
    if (!id) return undefined;
    return spec.kind === 'number' ? t(id, { min: spec.min, max: spec.max }) : t(id);
  };

  const submit = async (version = loaded?.version, sent = form): Promise<void> => {
    setTouched(new Set(specs.map((spec) => spec.path)));
    setTried(true);
    const isWrong = specs.some((spec) => localError(spec) !== undefined) || isIncomplete(area, sent);
    if (isWrong) {
      announce(t('form.fix'), 'assertive');
      showFirstError();
      return;
    }
    setSaving(true);
    sending.current = sent;
    setError(null);
    setConflict(null);
    try {
      const body = area === 'prompts' ? sentPrompt(sent as unknown as PromptInput) : sent;
      const stored = loaded && version !== undefined ? await save(center, area, loaded.id, version, body) : null;
      leaving.current = true;
      const made = loaded ? null : await create(center, area, body);
      if (stored && savedAs) saved.current = stored.version;
      announce(stored && savedAs ? t(savedAs, { version: stored.version }) : t('form.saved'));
      await client.invalidateQueries({ queryKey: ['settings', center, area] });
      leaving.current = false;
      if (made) {
        leaving.current = true;
        void navigate(`/admin/${area}/${made.id}`, { replace: true, state: carried.current });
      } else reload();
    } catch (failure) {
      leaving.current = false;
      sending.current = null;
      carried.current = null;
      setError(failure);
      showFirstError();
      if (failure instanceof ApiError && (failure.status === 409 || failure.status === 412) && loaded) {
        const theirs = await client.fetchQuery({ ...objectQuery(center, area, loaded.id), staleTime: 0, queryKey: ['theirs', center, area, loaded.id] });
        const current = theirs as unknown as Loaded;
        const isOnlyClosure = JSON.stringify(withClosureOf(inputOf(current), start)) === JSON.stringify(start);
        if (current.version !== loaded.version && isOnlyClosure) void submit(current.version, withClosureOf(sent, current));
        else if (current.version !== loaded.version) setConflict(current);
      }
    } finally {
      setSaving(false);
    }
  };

  const foot =
    mayWrite && (dirty || !loaded) ? (
      <SaveBar
        isDirty={dirty}
        isSaving={saving}
        discard={() => {
          if (loaded) {
            setForm(start);
            setError(null);
            setTouched(new Set());
            setTried(false);
          } else void navigate(`/admin/${area}`);
        }}
        save={() => void submit()}
      />
    ) : null;

  const closure = loaded && area === 'schedules' ? ((loaded as unknown as ScheduleInput).closed_now?.reason ?? null) : null;
  const afterClosure = (): void => {
    carried.current = { form: dirty ? form : null, by: 'closure' };
    void client.invalidateQueries({ queryKey: ['settings', center, area] });
  };

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (mayWrite && !saving) void submit();
  };
  const unplaced = serverErrors.filter(
    (e) => !OWN_FIELDS[area]?.test(e.field) && !specs.some((spec) => errorsFor([e], spec.path) !== undefined),
  );
  return (
    <AdminFrame foot={foot}>
      <Guard when={dirty && !saving} leaving={leaving} />
      {conflict ? (
        <Suspense>
          <ConflictDialog
          mine={form}
          theirs={conflict}
          keepMine={() => void submit(conflict.version, withClosureOf(form, conflict))}
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
          {loaded && area === 'agents' && may('manage_access') ? (
            <Tool icon={<KeyRegular />} label={t('password.open')} dialog={PasswordDialog} id={loaded.id} />
          ) : null}
          {loaded && area === 'endpoints' && loaded['number'] == null && may('edit_flows') ? (
            <Tool icon={<CallRegular />} label={t('testCall.open')} dialog={TestCallDialog} id={loaded.id} />
          ) : null}
          {loaded && area === 'schedules' && closure === null && may('close_hours') ? <Closing id={loaded.id} name={title} isNew={kept?.by === 'closure'} done={afterClosure} /> : null}
          {loaded && mayMake ? <Deletion area={area} loaded={loaded} leaving={leaving} /> : null}
        </div>
      </div>
      {loaded && closure !== null ? (
        <Suspense>
          <ClosureBar id={loaded.id} name={title} reason={closure} isNew={kept?.by === 'closure'} done={afterClosure} />
        </Suspense>
      ) : null}
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
      {news !== null && !dirty ? (
        <MessageBar intent="success" layout="multiline">
          <MessageBarBody>{t(savedAs ?? 'form.saved', { version: news })}</MessageBarBody>
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
                    errorAt={(path, reach) => errorsFor(serverErrors, path, reach)}
                    form={form}
                    disabled={!mayWrite}
                    change={(value) => setForm((before) => withValue(before, spec.path, value))}
                    put={(part) => setForm((before) => ({ ...before, ...part }))}
                    isNew={loaded === null}
                    blur={() => onceReleased(() => setTouched((before) => new Set(before).add(spec.path)))}
                  />
                ))}
            </div>
          </section>
        ))}
        {area === 'flows' ? (
          <Suspense fallback={<Loading rows={[160, 300]} />}>
          <FlowEditor
            id={loaded?.id ?? null}
            isDirty={dirty}
            flow={form as unknown as FlowInput}
            errors={serverErrors}
            disabled={!mayWrite}
            change={(flow) => setForm(flow as unknown as Record<string, unknown>)}
          />
          </Suspense>
        ) : null}
        {area === 'prompts' ? (
          <Suspense fallback={<Loading rows={[160, 320, 120]} />}>
            <PromptEditor
              prompt={form as unknown as PromptInput}
              stored={loaded}
              errors={serverErrors}
              tried={tried}
              disabled={!mayWrite}
              change={(prompt) => setForm(prompt as unknown as Record<string, unknown>)}
            />
          </Suspense>
        ) : null}
        {area === 'capacity-profiles' ? (
          <Suspense fallback={<Loading rows={[160, 300, 120]} />}>
            <CapacityEditor
              profile={form as unknown as CapacityProfileInput}
              isNew={loaded === null}
              errors={serverErrors}
              tried={tried}
              disabled={!mayWrite}
              change={(profile) => setForm(profile as unknown as Record<string, unknown>)}
            />
          </Suspense>
        ) : null}
        {area === 'schedules' ? (
          <Suspense fallback={<Loading rows={[120, 420, 160]} />}>
            <ScheduleEditor
              schedule={form as unknown as ScheduleInput}
              errors={serverErrors}
              tried={tried}
              disabled={!mayWrite}
              change={(schedule) => setForm(schedule as unknown as Record<string, unknown>)}
            />
          </Suspense>
        ) : null}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
      {area === 'capacity-profiles' && loaded ? (
        <Suspense>
          <ProfileAgents id={loaded.id} />
        </Suspense>
      ) : null}
    </AdminFrame>
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

function Closing({ id, name, isNew, done }: { id: number; name: string; isNew: boolean; done: () => void }): ReactNode {
  const t = useT();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  // The bar with what was pressed is gone: the focus goes on where it can be undone.
  useEffect(() => {
    if (isNew) button.current?.focus();
  }, [isNew]);
  return (
    <>
      <Button ref={button} icon={<CallProhibitedRegular />} onClick={() => setOpen(true)}>
        {t('hours.close')}
      </Button>
      {open ? (
        <Suspense>
          <CloseDialog id={id} name={name} done={done} close={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

function Deletion({ area, loaded, leaving }: { area: Area; loaded: Loaded; leaving: RefObject<boolean> }): ReactNode {
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
