// Privacy and retention: whose figures are shown, how long what is personal is kept, and where the rest is set.
import { Field, MessageBar, MessageBarBody, MessageBarTitle, Select } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useRef, useState, type FormEvent, type ReactNode, type RefObject } from 'react';
import access from '../access/access.module.css';
import admin from '../admin/admin.module.css';
import { errorsFor } from '../admin/field-errors';
import { AdminFrame } from '../admin/frame';
import { Guard } from '../admin/guard';
import { SaveBar } from '../admin/save-bar';
import { ApiError } from '../api/client';
import { privacyOf, savePrivacy, type AgentFigures, type Privacy, type PrivacyInput } from '../api/privacy';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useT } from '../i18n/t';
import { NumberField } from '../ui/number-field';
import { Failed, Loading, useProblemText } from '../ui/states';
import { FIGURES, inputOf, KEEP_DAYS, KEPT, problemsOf, shortened, type Kept, type Shortened } from './keeping';
import { KeptTable } from './kept-table';
import { usePartWords } from './words';

const ConflictDialog = lazy(() => import('../admin/dialogs').then((m) => ({ default: m.ConflictDialog })));
const ShortenDialog = lazy(() => import('./shorten-dialog').then((m) => ({ default: m.ShortenDialog })));

export function Page(): ReactNode {
  const { center } = useSession();
  const query = useQuery({ queryKey: ['privacy', center], queryFn: () => privacyOf(center), refetchOnWindowFocus: false });
  if (query.isPending || query.isError) {
    return <AdminFrame>{query.isPending ? <Loading rows={[32, 120, 200, 260]} /> : <Failed error={query.error} retry={() => void query.refetch()} />}</AdminFrame>;
  }
  return <Editor key={query.data.version} loaded={query.data} />;
}

interface Form {
  input: PrivacyInput;
  isDirty: boolean;
  isSaving: boolean;
  error: unknown;
  problems: readonly Kept[];
  /** What somebody else saved meanwhile. */
  conflict: Privacy | null;
  /** What saving would shorten, until it is said that it shall. */
  question: { what: Shortened; over: Privacy } | null;
  leaving: RefObject<boolean>;
  change: (part: Partial<PrivacyInput>) => void;
  discard: () => void;
  /** Over the version that is changed by it; whoever was asked already is not asked again. */
  save: (over: Privacy, asked: 'ask' | 'asked') => void;
  dismiss: () => void;
  takeTheirs: () => void;
}

/** Leads to the first field that needs attention, once it is marked. */
function showFirstError(): void {
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus()));
}

function useForm(loaded: Privacy): Form {
  const t = useT();
  const client = useQueryClient();
  const { center } = useSession();
  const [start] = useState(() => inputOf(loaded));
  const [input, setInput] = useState(start);
  const [isTried, setTried] = useState(false);
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [conflict, setConflict] = useState<Privacy | null>(null);
  const [question, ask] = useState<Form['question']>(null);
  const leaving = useRef(false);
  const hold = (stored: Privacy): unknown => client.setQueryData(['privacy', center], stored);
  const dismiss = (): void => {
    setConflict(null);
    ask(null);
  };
  const send = async (over: Privacy): Promise<void> => {
    setSaving(true);
    setError(null);
    try {
      hold(await savePrivacy(center, over.version, input));
      announce(t('form.saved'));
      // Whether single agents may be chosen is told with who is signed in.
      await client.invalidateQueries({ queryKey: ['me'] });
    } catch (failure) {
      setError(failure);
      showFirstError();
      if (failure instanceof ApiError && (failure.status === 409 || failure.status === 412)) {
        const theirs = await privacyOf(center).catch(() => null);
        if (theirs !== null && theirs.version !== over.version) setConflict(theirs);
      }
    } finally {
      setSaving(false);
    }
  };
  const save = (over: Privacy, asked: 'ask' | 'asked'): void => {
    setTried(true);
    dismiss();
    const what = shortened(over, input);
    if (problemsOf(input).length > 0) {
      announce(t('form.fix'), 'assertive');
      showFirstError();
    } else if (asked === 'ask' && what !== null) ask({ what, over });
    else void send(over);
  };
  return {
    input,
    isDirty: JSON.stringify(input) !== JSON.stringify(start),
    isSaving,
    error,
    problems: isTried ? problemsOf(input) : [],
    conflict,
    question,
    leaving,
    change: (part) => setInput((before) => ({ ...before, ...part })),
    discard: () => {
      setInput(start);
      setError(null);
      setTried(false);
    },
    save,
    dismiss,
    takeTheirs: () => conflict && hold(conflict),
  };
}

function Editor({ loaded }: { loaded: Privacy }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const title = t('admin.privacy.title');
  useTitle(title);
  const { may } = useSession();
  const mayWrite = may('edit_settings');
  const form = useForm(loaded);
  const words = usePartWords();
  const { conflict, question } = form;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (mayWrite && form.isDirty && !form.isSaving) form.save(loaded, 'ask');
  };
  return (
    <AdminFrame foot={mayWrite && form.isDirty ? <SaveBar isDirty isSaving={form.isSaving} discard={form.discard} save={() => form.save(loaded, 'ask')} /> : null}>
      <Guard when={form.isDirty && !form.isSaving} leaving={form.leaving} />
      <Suspense>
        {conflict ? (
          <ConflictDialog mine={form.input} theirs={{ ...conflict }} words={words} keepMine={() => form.save(conflict, 'ask')} takeTheirs={form.takeTheirs} close={form.dismiss} />
        ) : null}
        {question ? <ShortenDialog what={question.what} save={() => form.save(question.over, 'asked')} close={form.dismiss} /> : null}
      </Suspense>
      <div className={admin.head}>
        <h1>{title}</h1>
      </div>
      <p className={admin.about}>{t('admin.privacy.about')}</p>
      {form.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            <MessageBarTitle>{t('form.notSaved')}</MessageBarTitle>
            {say(form.error)}
          </MessageBarBody>
        </MessageBar>
      ) : null}
      {mayWrite ? null : (
        <MessageBar>
          <MessageBarBody>{t('form.readOnly')}</MessageBarBody>
        </MessageBar>
      )}
      {loaded.version === 0 && mayWrite ? (
        <MessageBar layout="multiline">
          <MessageBarBody>{t('privacy.fresh')}</MessageBarBody>
        </MessageBar>
      ) : null}
      <form className={admin.inner} onSubmit={submit} noValidate>
        <Figures form={form} disabled={!mayWrite} />
        <section className={`${admin.card} ${admin.section}`}>
          <h2>{t('privacy.keeping')}</h2>
          <div className={admin.fields}>
            {KEPT.map((kept) => (
              <KeptDays key={kept} kept={kept} form={form} disabled={!mayWrite} />
            ))}
          </div>
        </section>
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
      <h2 className={access.sub}>{t('privacy.kept.title')}</h2>
      <KeptTable stored={loaded} />
    </AdminFrame>
  );
}

function errorsOf({ error }: Form): readonly { field: string; detail: string }[] {
  return error instanceof ApiError ? (error.problem.errors ?? []) : [];
}

function Figures({ form, disabled }: { form: Form; disabled: boolean }): ReactNode {
  const t = useT();
  const { agent_figures } = form.input;
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('privacy.figures.title')}</h2>
      <div className={admin.fields}>
        <Field label={t('privacy.figures')} hint={t(`privacy.figures.${agent_figures}.means`)} validationMessage={errorsFor(errorsOf(form), 'agent_figures')}>
          <Select disabled={disabled} value={agent_figures} onChange={(_, data) => form.change({ agent_figures: data.value as AgentFigures })}>
            {FIGURES.map((it) => (
              <option key={it} value={it}>
                {t(`privacy.figures.${it}`)}
              </option>
            ))}
          </Select>
        </Field>
      </div>
    </section>
  );
}

function KeptDays({ kept, form, disabled }: { kept: Kept; form: Form; disabled: boolean }): ReactNode {
  const t = useT();
  const [min, max] = KEEP_DAYS;
  const range = t('field.range', { min, max, unit: t('unit.days') });
  return (
    <NumberField
      field={kept}
      label={t(`privacy.${kept}`)}
      hint={`${t(`privacy.${kept}.hint`)} ${range}`}
      min={min}
      max={max}
      value={form.input[kept]}
      error={form.problems.includes(kept) ? t('field.error.range', { min, max }) : errorsFor(errorsOf(form), kept)}
      disabled={disabled}
      change={(days) => form.change({ [kept]: days })}
    />
  );
}
