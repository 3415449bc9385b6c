// Colleagues who only have Teams, in the transfer dialog: each with the numbers in the configured order (B-081, B-096).
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { directoryOf, type Person } from '../api/directory';
import { useSession } from '../app/session';
import '../i18n/directory';
import { useT } from '../i18n/t';
import { SeenShape } from '../presence/seen';
import { narrowed } from './people';
import { useMyTeams } from './use-directory';

/** As many as fit below queues and colleagues. */
const SHOWN_MAX = 20;

interface Props {
  search: string;
  heading: (text: string, rows: ReactNode) => ReactNode;
  /** A line of the dialog that leads to a number. */
  line: (key: string, name: string, number: string, facts: ReactNode) => ReactNode;
}

export function TransferPeople({ search, heading, line }: Props): ReactNode {
  const t = useT();
  const { center } = useSession();
  const mine = useMyTeams();
  const isHere = mine.data?.has_account === true && mine.data.is_enabled;
  const found = useQuery({ queryKey: ['directory', center, search], queryFn: () => directoryOf(center, search), enabled: isHere && search !== '', placeholderData: keepPreviousData, retry: false });
  const known = search === '' ? [] : (found.data?.people ?? []);
  const people = (found.isPlaceholderData ? narrowed(known, search) : known).filter(({ numbers }) => numbers.length > 0).slice(0, SHOWN_MAX);
  if (people.length === 0) return null;
  return heading(
    t('directory.title'),
    people.flatMap((person) => person.numbers.map(({ type, number }, i) => line(`${person.id} ${i}`, person.name, number, <Facts person={person} type={t(`directory.number.${type}`)} />))),
  );
}

function Facts({ person: { status = null }, type }: { person: Person; type: string }): ReactNode {
  const t = useT();
  return (
    <>
      <span>{type}</span>
      <span>
        <SeenShape status={status} size={12} />
        {status === null ? t('seen.unknown') : t(`seen.${status}`)}
      </span>
    </>
  );
}
