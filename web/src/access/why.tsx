// Why somebody may do something, or may not: the question stands in the address, the answer names each reason.
import { Field, Input, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { useList } from '../admin/settings';
import { accounts, type AccountRow } from '../api/access';
import { mayOf, OBJECTS, type Because, type May, type ObjectKind } from '../api/permissions';
import { PERMISSIONS } from '../app/permissions';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useTitle } from '../app/title';
import { useMaybeT, useT } from '../i18n/t';
import { Choices } from '../ui/choices';
import { isFound } from '../ui/finding';
import { SearchField } from '../ui/search-field';
import { Shape } from '../ui/shapes';
import { Failed, Loading } from '../ui/states';
import css from './access.module.css';
import { addressOf, askedOf, isWhole, missingOf, reasonText, type Asked } from './scope';

const KINDS = ['nothing', ...OBJECTS] as const;

export function Page(): ReactNode {
  const t = useT();
  const title = t('why.title');
  useTitle(title);
  const { center } = useSession();
  const [address, setAddress] = useSearchParams();
  // The address follows a moment later: what is chosen is shown at once, and builds on what was chosen before.
  const [asked, setAsked] = useState(() => askedOf(address, PERMISSIONS));
  const change = (part: Partial<Asked>): void => setAsked((before) => ({ ...before, ...part }));
  useEffect(() => setAddress(addressOf(asked), { replace: true }), [asked]); // eslint-disable-line
  const list = useQuery({ queryKey: ['accounts', center], queryFn: () => accounts(center) });
  if (list.isPending || list.isError) {
    return <AdminFrame>{list.isPending ? <Loading rows={[32, 280]} /> : <Failed error={list.error} retry={() => void list.refetch()} />}</AdminFrame>;
  }
  const people = list.data.filter(({ origin }) => origin !== 'api_key');
  const account = people.find(({ id }) => id === asked.account);
  return (
    <AdminFrame>
      <nav className={admin.crumb} aria-label={t('admin.crumb')}>
        <Link to="/admin/permissions">{t('admin.permissions.title')}</Link>
        <span aria-hidden="true">/</span>
        <span aria-current="page">{title}</span>
      </nav>
      <div className={admin.head}>
        <h1>{title}</h1>
      </div>
      <p className={admin.about}>{t('why.about')}</p>
      <section className={`${admin.card} ${admin.section}`}>
        <h2>{t('why.question')}</h2>
        <Question asked={asked} people={people} account={account} change={change} />
      </section>
      {account && isWhole(asked) ? <Answer asked={asked} account={account} /> : <p className={css.text}>{t('why.incomplete')}</p>}
    </AdminFrame>
  );
}

interface QuestionProps {
  asked: Asked;
  people: readonly AccountRow[];
  account: AccountRow | undefined;
  change: (part: Partial<Asked>) => void;
}

const called = ({ name, username }: AccountRow): string => name ?? username;

function Question({ asked, people, account, change }: QuestionProps): ReactNode {
  const t = useT();
  return (
    <div className={admin.fields}>
      <SearchField
        label={t('why.who')}
        none={t('filter.agent.none')}
        value={account ? called(account) : ''}
        placeholder={t('field.choose')}
        disabled={false}
        found={(typed) => people.filter((it) => isFound(typed, `${called(it)} ${it.username}`)).map((it) => ({ key: String(it.id), text: called(it), note: it.name === null ? '' : it.username }))}
        choose={(key) => change({ account: Number(key) })}
      />
      <Field label={t('why.what')} hint={asked.permission === null ? undefined : t(`permission.${asked.permission as (typeof PERMISSIONS)[number]}.about`)}>
        <Select value={asked.permission ?? ''} onChange={(_, data) => change({ permission: data.value === '' ? null : data.value })}>
          <option value="">{t('field.choose')}</option>
          {PERMISSIONS.map((permission) => (
            <option key={permission} value={permission}>
              {t(`permission.${permission}`)}
            </option>
          ))}
        </Select>
      </Field>
      <Choices label={t('why.object')} choices={KINDS} value={asked.kind ?? 'nothing'} text={(it) => t(`why.object.${it}`)} choose={(it) => change({ kind: it === 'nothing' ? null : it, id: null })} />
      {asked.kind === 'queue' || asked.kind === 'agent' ? <Named key={asked.kind} kind={asked.kind} id={asked.id} change={change} /> : null}
      {asked.kind === 'contact' ? <ContactNumber id={asked.id} change={change} /> : null}
    </div>
  );
}

function Named({ kind, id, change }: { kind: Exclude<ObjectKind, 'contact'>; id: number | null; change: (part: Partial<Asked>) => void }): ReactNode {
  const t = useT();
  const items = useList(kind === 'queue' ? 'queues' : 'agents').data?.items ?? [];
  return (
    <SearchField
      label={t(`why.object.${kind}`)}
      none={t(`why.object.${kind}.none`)}
      value={items.find((item) => item.id === id)?.name ?? ''}
      placeholder={t('field.choose')}
      disabled={false}
      found={(typed) => items.filter((item) => isFound(typed, item.name)).map((item) => ({ key: String(item.id), text: item.name, note: '' }))}
      choose={(key) => change({ id: Number(key) })}
    />
  );
}

/** Asks when it is left, or with Enter: half a number is another contact. */
function ContactNumber({ id, change }: { id: number | null; change: (part: Partial<Asked>) => void }): ReactNode {
  const t = useT();
  const [typed, setTyped] = useState(id === null ? '' : String(id));
  useEffect(() => {
    if (id !== null) setTyped(String(id));
  }, [id]);
  const digits = typed.trim();
  const isNumber = /^[1-9]\d{0,15}$/.test(digits);
  const take = (): void => {
    if (isNumber && Number(digits) !== id) change({ id: Number(digits) });
  };
  return (
    <Field label={t('why.contact')} hint={t('why.contact.hint')} validationMessage={digits === '' || isNumber ? undefined : t('field.error.number')}>
      <Input inputMode="numeric" dir="ltr" autoComplete="off" value={typed} onChange={(_, data) => setTyped(data.value)} onBlur={take} onKeyDown={(event) => event.key === 'Enter' && take()} />
    </Field>
  );
}

function Answer({ asked, account }: { asked: Asked & { account: number; permission: string }; account: AccountRow }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const { permission, kind, id } = asked;
  const object = kind !== null && id !== null ? { kind, id } : null;
  const may = useQuery({ queryKey: ['may', center, account.id, permission, kind, id], queryFn: () => mayOf(center, account.id, permission, object), staleTime: 0 });
  if (may.isPending) return <Loading rows={[160]} />;
  if (may.isError) return <Failed error={may.error} retry={() => void may.refetch()} />;
  const { allowed, because } = may.data;
  return (
    <section className={`${admin.card} ${css.answer}`} aria-live="polite" data-allowed={allowed}>
      <h2>
        <Shape shape={allowed ? 'circle' : 'octagon'} color={allowed ? td.tdLevelOk : td.tdLevelAct} size={18} />
        {t(allowed ? 'why.yes' : 'why.no', { who: called(account) })}
      </h2>
      {because.length > 0 ? (
        <>
          <h3>{t(allowed ? 'why.because' : 'why.because.partly')}</h3>
          <ul>
            {because.map((it, i) => (
              <li key={i}>
                <Reason because={it} account={account} kind={kind} />
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {allowed ? null : <Lack may={may.data} account={account} />}
    </section>
  );
}

function Reason({ because, account, kind }: { because: Because; account: AccountRow; kind: ObjectKind | null }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const id = reasonText(because, account.scope ?? null, kind);
  if (id === null) return because.code;
  const { role, part } = because;
  return t(id, { role: role === null ? '' : maybe(`role.${role}`, role), kind: part === null ? '' : maybe(`why.part.${part.kind}`, part.kind), name: part?.name ?? '' });
}

/** What is missing, and who can give it. */
function Lack({ may, account }: { may: May; account: AccountRow }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const missing = missingOf(may);
  const roles = (may.missing?.roles ?? []).map((role) => maybe(`role.${role}`, role)).join(', ');
  if (missing === null) return <p className={css.text}>{may.missing?.detail ?? ''}</p>;
  return (
    <>
      <h3>{t('why.missing')}</h3>
      <p>{t(`why.missing.${missing}`, { roles })}</p>
      <p className={css.text}>
        {missing === 'role' ? (
          <>
            {t(account.origin === 'microsoft' ? 'people.whence.microsoft' : 'why.grant.role')}{' '}
            {account.agent_id === null ? null : (
              <Link to={`/admin/agents/${account.agent_id}`} className={css.link}>
                {t('person.roles.agent')}
              </Link>
            )}
          </>
        ) : (
          <>
            {t(`why.grant.${missing}`)}{' '}
            <Link to={missing === 'scope' ? `/admin/people/${account.id}` : '/admin/people'} className={css.link}>
              {missing === 'scope' ? t('why.grant.scope.open') : t('admin.people.title')}
            </Link>
          </>
        )}
      </p>
    </>
  );
}
