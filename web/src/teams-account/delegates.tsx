// Who signs in to Teams for Tandem where Microsoft wants a person: an owner, and a back-up who stands in (B-205, B-206).
import { Button, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import access from '../access/access.module.css';
import admin from '../admin/admin.module.css';
import { candidatesOf, chooseDelegates, delegatesOf, type Delegate, type Delegates as Chosen, type TeamsAccount } from '../api/teams-account';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import '../i18n/directory';
import { useT } from '../i18n/t';
import { SearchField } from '../ui/search-field';
import { useSettled } from '../ui/settled';
import { Shape } from '../ui/shapes';
import { Failed, Loading, useProblemText } from '../ui/states';
import css from './teams-account.module.css';
import { useDay } from './words';

const DUTIES = ['owner', 'backup'] as const;
type Duty = (typeof DUTIES)[number];
/** Somebody by number and name, or nobody. */
type Person = Pick<Delegate, 'account' | 'name'> | null;
/** Typing settles before it is asked for. */
const SETTLED_MS = 250;

export function Delegates({ account, isDirty }: { account: TeamsAccount; isDirty: boolean }): ReactNode {
  const t = useT();
  const id = useId();
  const { center, may } = useSession();
  const chosen = useQuery({ queryKey: ['teams-delegates', center, account.version], queryFn: () => delegatesOf(center) });
  return (
    <section className={access.part} aria-labelledby={id}>
      <h2 id={id} className={access.sub}>
        {t('rights.delegates')}
      </h2>
      <p className={admin.about}>{t('rights.delegates.about')}</p>
      {chosen.isPending ? (
        <Loading rows={[64]} />
      ) : chosen.isError ? (
        <Failed error={chosen.error} retry={() => void chosen.refetch()} />
      ) : (
        <>
          {chosen.data.is_needed ? null : <p className={admin.hint}>{t('rights.delegates.notNeeded')}</p>}
          <ul className={css.duties}>
            {DUTIES.map((duty) => (
              <li key={duty}>
                <Line duty={duty} of={chosen.data[duty] ?? null} isNeeded={chosen.data.is_needed} />
              </li>
            ))}
          </ul>
          {may('edit_settings') ? <Choice key={chosen.data.version} chosen={chosen.data} isHeld={isDirty} /> : null}
        </>
      )}
    </section>
  );
}

/** How one of them stands: a shape and words, never a color alone. */
function Line({ duty, of, isNeeded }: { duty: Duty; of: Delegate | null; isNeeded: boolean }): ReactNode {
  const t = useT();
  const day = useDay();
  const needed = of === null || of.login === 'needed';
  return (
    <>
      <Shape shape={needed ? (isNeeded ? 'triangle' : 'ring') : of.is_due ? 'triangle' : 'circle'} color={needed && !isNeeded ? td.tdStateOffline : needed || of.is_due ? td.tdLevelWatch : td.tdLevelOk} size={14} />
      <div>
        <strong>{t(`rights.delegates.${duty}`)}</strong>: {of === null ? t('rights.delegates.nobody') : <bdi>{of.name}</bdi>}{' '}
        {of === null ? null : of.login === 'needed' ? t('rights.delegates.needed') : t('rights.delegates.done', { day: of.expires_at === null ? '' : day(of.expires_at), due: of.is_due ? 'yes' : 'no' })}{' '}
        {of?.problem ? t(`profile.problem.${of.problem}`) : null}
      </div>
    </>
  );
}

/** Both are chosen in one step. What is typed above would be lost with the new version: it is applied first. */
function Choice({ chosen, isHeld }: { chosen: Chosen; isHeld: boolean }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const id = useId();
  const client = useQueryClient();
  const { center } = useSession();
  const [people, set] = useState<Record<Duty, Person>>({ owner: chosen.owner ?? null, backup: chosen.backup ?? null });
  const choosing = useMutation({
    mutationFn: () => chooseDelegates(center, chosen.version, people.owner?.account ?? null, people.backup?.account ?? null),
    onSuccess: async () => {
      announce(t('rights.delegates.saved'));
      await Promise.all([client.invalidateQueries({ queryKey: ['teams-account', center] }), client.invalidateQueries({ queryKey: ['my-teams', center] })]);
    },
  });
  const isSame = DUTIES.every((duty) => (people[duty]?.account ?? null) === (chosen[duty]?.account ?? null));
  const isTwice = people.owner !== null && people.owner.account === people.backup?.account;
  return (
    <div className={admin.fields} role="group" aria-label={t('rights.delegates.choose')}>
      {DUTIES.map((duty) => (
        <PersonField key={duty} duty={duty} person={people[duty]} error={duty === 'backup' && isTwice ? t('rights.delegates.twice') : undefined} choose={(person) => set({ ...people, [duty]: person })} />
      ))}
      {choosing.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(choosing.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
      {isHeld ? (
        <p id={`${id}-held`} className={admin.hint}>
          {t('rights.delegates.held')}
        </p>
      ) : null}
      <div>
        <Button
          aria-busy={choosing.isPending}
          aria-describedby={isHeld ? `${id}-held` : undefined}
          disabledFocusable={choosing.isPending || isSame || isTwice || isHeld}
          icon={choosing.isPending ? <Spinner size="tiny" aria-hidden /> : undefined}
          onClick={() => choosing.mutate()}
        >
          {t('rights.delegates.save')}
        </Button>
      </div>
    </div>
  );
}

function PersonField({ duty, person, error, choose }: { duty: Duty; person: Person; error: string | undefined; choose: (person: Person) => void }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const [typed, type] = useState('');
  const search = useSettled(typed, SETTLED_MS);
  const found = useQuery({ queryKey: ['teams-candidates', center, search], queryFn: () => candidatesOf(center, search), placeholderData: keepPreviousData });
  const nobody = { key: '', text: t('rights.delegates.nobody'), note: '' };
  const options = [nobody, ...(found.data ?? []).map((it) => ({ key: String(it.account), text: it.name, note: '' }))];
  return (
    <SearchField
      label={t(`rights.delegates.${duty}`)}
      none={t('rights.delegates.none')}
      value={person?.name ?? nobody.text}
      error={error}
      disabled={false}
      found={() => options}
      typing={type}
      choose={(key) => {
        const it = found.data?.find(({ account }) => String(account) === key);
        choose(it ?? null);
      }}
    />
  );
}
