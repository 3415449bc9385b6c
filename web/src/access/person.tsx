// One person: what the roles allow, and what they reach, which is changed here.
import { Button, MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { EyeRegular } from '@fluentui/react-icons/svg/eye';
import { QuestionCircleRegular } from '@fluentui/react-icons/svg/question-circle';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useRef, useState, type ReactNode, type RefObject } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { errorsFor } from '../admin/field-errors';
import { Guard } from '../admin/guard';
import { SaveBar } from '../admin/save-bar';
import { accounts, type AccountRow } from '../api/access';
import { ApiError } from '../api/client';
import { permissionSets, setScope, type Parts, type Scope } from '../api/permissions';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useMaybeT, useT } from '../i18n/t';
import { Choices } from '../ui/choices';
import { ManyField } from '../ui/many-field';
import { Failed, Loading, NotFound, useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import css from './access.module.css';
import type { Question } from './confirm';
import { isEmpty, isLimitable, isSame, NO_PARTS, PARTS } from './scope';
import { useParts, type ItemsOf } from './scope-words';
import { isViewable, viewQuestion } from './view-as';

const Confirm = lazy(() => import('./confirm').then((m) => ({ default: m.Confirm })));

export function Page(): ReactNode {
  const { center } = useSession();
  const id = Number(useParams()['id']);
  const list = useQuery({ queryKey: ['accounts', center], queryFn: () => accounts(center) });
  const items = useParts();
  const account = list.data?.find((it) => it.id === id && it.origin !== 'api_key');
  if (account && items) return <Person key={account.id} account={account} items={items} />;
  return <AdminFrame>{list.isError ? <Failed error={list.error} retry={() => void list.refetch()} /> : list.isPending || account ? <Loading rows={[32, 160, 260]} /> : <NotFound />}</AdminFrame>;
}

function Person({ account, items }: { account: AccountRow; items: ItemsOf }): ReactNode {
  const t = useT();
  const who = account.name ?? account.username;
  useTitle(who);
  const navigate = useNavigate();
  const stored = account.scope ?? null;
  const form = useScopeForm(account, stored);
  const { center, me } = useSession();
  const [question, ask] = useState<Question | null>(null);
  return (
    <AdminFrame foot={form.isDirty ? <SaveBar isDirty isSaving={form.isSaving} discard={form.discard} save={form.save} /> : null}>
      <Guard when={form.isDirty && !form.isSaving} leaving={form.leaving} />
      <nav className={admin.crumb} aria-label={t('admin.crumb')}>
        <Link to="/admin/people">{t('admin.people.title')}</Link>
        <span aria-hidden="true">/</span>
        <span aria-current="page">
          <bdi>{who}</bdi>
        </span>
      </nav>
      <div className={admin.head}>
        <div>
          <h1>
            <bdi>{who}</bdi>
          </h1>
          {account.name === null ? null : (
            <p className={css.under}>
              <Ltr>{account.username}</Ltr>
            </p>
          )}
        </div>
        <div className={admin.tools}>
          {isViewable(account, me.account.id) ? (
            <Button
              icon={<EyeRegular />}
              title={form.isDirty ? t('person.view.unsaved') : undefined}
              aria-description={form.isDirty ? t('person.view.unsaved') : undefined}
              disabledFocusable={form.isDirty}
              onClick={() => ask(viewQuestion(t, center, account))}
            >
              {t('people.view')}
            </Button>
          ) : null}
          <Button icon={<QuestionCircleRegular />} onClick={() => void navigate(`/admin/permissions/why?account=${account.id}`)}>
            {t('person.why')}
          </Button>
        </div>
      </div>
      {question ? (
        <Suspense>
          <Confirm question={question} close={() => ask(null)} />
        </Suspense>
      ) : null}
      <Allowed account={account} />
      <section className={`${admin.card} ${admin.section}`}>
        <h2>{t('scope.title')}</h2>
        <div className={admin.fields}>{isLimitable(account) ? <ScopeFields form={form} items={items} isAgent={account.roles.includes('agent')} who={who} /> : <Unlimited />}</div>
      </section>
    </AdminFrame>
  );
}

/** The roles, and each thing that one of them allows. */
function Allowed({ account }: { account: AccountRow }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const { center } = useSession();
  const sets = useQuery({ queryKey: ['permissions', center], queryFn: () => permissionSets(center), staleTime: 60_000 });
  const held = sets.data?.roles.filter(({ role }) => (account.roles as string[]).includes(role)) ?? [];
  const allowed = sets.data?.permissions.filter((it) => held.some(({ permissions }) => permissions.includes(it))) ?? [];
  const { to, text } = account.agent_id === null ? { to: '/admin/people', text: account.origin === 'microsoft' ? t('person.roles.microsoft') : t('person.roles.local') } : { to: `/admin/agents/${account.agent_id}`, text: '' };
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('person.may')}</h2>
      <div className={admin.fields}>
        <div>
          <p className={css.who}>{account.roles.length === 0 ? t('person.roles.none') : account.roles.map((role) => maybe(`role.${role}`, role)).join(', ')}</p>
          <p className={css.under}>{text === '' ? <Link to={to}>{t('person.roles.agent')}</Link> : text}</p>
        </div>
        {sets.isError ? <Failed error={sets.error} retry={() => void sets.refetch()} /> : null}
        <ul className={css.allowed}>
          {allowed.map((permission) => (
            <li key={permission}>{maybe(`permission.${permission}`, permission)}</li>
          ))}
        </ul>
        <Link to="/admin/permissions" className={css.link}>
          {t('field.roles.about')}
        </Link>
      </div>
    </section>
  );
}

function Unlimited(): ReactNode {
  const t = useT();
  return (
    <div>
      <p className={css.who}>{t('scope.everything')}</p>
      <p className={css.text}>{t('scope.administrator')}</p>
    </div>
  );
}

interface ScopeForm {
  isEverything: boolean;
  parts: Parts;
  isDirty: boolean;
  isSaving: boolean;
  error: unknown;
  leaving: RefObject<boolean>;
  choose: (isEverything: boolean) => void;
  change: (part: Partial<Parts>) => void;
  discard: () => void;
  save: () => void;
}

function useScopeForm(account: AccountRow, stored: Scope): ScopeForm {
  const t = useT();
  const { center } = useSession();
  const client = useQueryClient();
  const [isEverything, setEverything] = useState(stored === null);
  // What was chosen is kept while somebody looks at the other choice.
  const [parts, setParts] = useState<Parts>(stored ?? NO_PARTS);
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const leaving = useRef(false);
  const scope = isEverything ? null : parts;
  const save = async (): Promise<void> => {
    setSaving(true);
    setError(null);
    try {
      await setScope(center, account.id, scope);
      await client.invalidateQueries({ queryKey: ['accounts', center] });
      announce(t('scope.saved', { who: account.name ?? account.username }));
    } catch (failure) {
      setError(failure);
    } finally {
      setSaving(false);
    }
  };
  return {
    isEverything,
    parts,
    isDirty: !isSame(scope, stored),
    isSaving,
    error,
    leaving,
    choose: setEverything,
    change: (part) => setParts((before) => ({ ...before, ...part })),
    discard: () => {
      setEverything(stored === null);
      setParts(stored ?? NO_PARTS);
      setError(null);
    },
    save: () => void save(),
  };
}

const CHOICES = ['everything', 'some'] as const;

function ScopeFields({ form, items, isAgent, who }: { form: ScopeForm; items: ItemsOf; isAgent: boolean; who: string }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { isEverything, parts, error } = form;
  const errors = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  return (
    <>
      <p className={css.text}>
        {t('scope.about')} {isAgent ? t('scope.about.desk') : null}
      </p>
      {error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            <MessageBarTitle>{t('form.notSaved')}</MessageBarTitle>
            {say(error)}
          </MessageBarBody>
        </MessageBar>
      ) : null}
      <Choices label={t('scope.reach')} choices={CHOICES} value={isEverything ? 'everything' : 'some'} text={(it) => t(`scope.choice.${it}`)} choose={(it) => form.choose(it === 'everything')} />
      {isEverything
        ? null
        : PARTS.map((kind) => (
            <ManyField
              key={kind}
              label={t(`scope.${kind}`)}
              hint={t(`scope.${kind}.hint`)}
              none={t(`scope.${kind}.none`)}
              placeholder={t('scope.add')}
              gone={t('scope.gone')}
              items={items[kind]}
              chosen={parts[kind]}
              error={errorsFor(errors, kind)}
              change={(ids) => form.change({ [kind]: ids })}
            />
          ))}
      {!isEverything && isEmpty(parts) ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t('scope.empty', { who })}</MessageBarBody>
        </MessageBar>
      ) : null}
    </>
  );
}
