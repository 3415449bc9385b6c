// The directory as it stands: asked for once, kept new by the live feed, and asked for again by a search.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { ApiError } from '../api/client';
import { directoryOf, type DirectoryPage, type Person } from '../api/directory';
import { myTeams } from '../api/teams-account';
import { useSession } from '../app/session';
import { useLive, useTopic } from '../live/hooks';
import { useSettled } from '../ui/settled';
import { merged, narrowed } from './people';

const TYPING_MS = 150;
/** An account that was deleted is noticed by this at the latest. */
const AGAIN_MS = 60_000;
/** Nobody is told of people here any more, or not whoever asks. */
const GONE: readonly string[] = ['teams_off', 'no_teams_account'];

const NOBODY: readonly Person[] = [];
export type ToldPage = Omit<DirectoryPage, 'people'> & { people: readonly Person[] };

/** Whether one has Teams here, and whether a sign-in to it is due. */
export function useMyTeams() {
  const { center } = useSession();
  return useQuery({ queryKey: ['my-teams', center], queryFn: () => myTeams(center), retry: false, refetchInterval: AGAIN_MS });
}

/**
 * The people whom `typed` finds among everybody. Until the server has answered, those of them who are here already: what is typed
 * narrows the list at once.
 */
export function useDirectory(typed: string) {
  const { center } = useSession();
  const wanted = typed.trim();
  const search = useSettled(wanted, TYPING_MS);
  const asked = useQuery({ queryKey: ['directory', center, search], queryFn: () => directoryOf(center, search), placeholderData: keepPreviousData, refetchInterval: AGAIN_MS });
  const live = useTopic('directory');
  const refused = useLive().errors['directory'] ?? (asked.error instanceof ApiError && GONE.includes(asked.error.code));
  const mine = useMyTeams();
  const { refetch } = mine;
  // Who has Teams no more is told so by the feed that ends, or by the next answer.
  useEffect(() => {
    if (refused) void refetch();
  }, [refused, refetch]);
  const { data } = asked;
  const isSearching = search !== wanted || (asked.isPlaceholderData && asked.isFetching);
  // Every frame of the feed comes by here: thousands of people are gone through only when some of them changed.
  const all = useMemo(() => merged(data?.people ?? NOBODY, live), [data, live]);
  const people = useMemo(() => (isSearching ? narrowed(all, wanted) : all), [all, isSearching, wanted]);
  const page: ToldPage | undefined = data && {
    ...data,
    people,
    synced_at: live?.synced_at ?? data.synced_at,
    behind_since: live ? (live.behind_since ?? null) : data.behind_since,
  };
  return { page, asked, search: wanted, isSearching };
}
