// Whom somebody keeps at the top: the server keeps it for the person, and every list that is here follows its answer.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { setFavorite, type DirectoryPage, type Person } from '../api/directory';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { useProblemText } from '../ui/states';

/** Turns it for somebody. */
export function useFavorite(): (person: Person) => void {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: ({ id, is_favorite: was }: Person) => setFavorite(center, id, was ? 'dropped' : 'kept'),
    onSuccess: (_, { id, name, is_favorite: was }) => {
      client.setQueriesData<DirectoryPage>({ queryKey: ['directory', center] }, (page) => page && { ...page, people: page.people.map((it) => (it.id === id ? { ...it, is_favorite: !was } : it)) });
      announce(t(was ? 'directory.favorite.dropped' : 'directory.favorite.kept', { name }));
    },
    // The order within the groups is the server's.
    onSettled: () => client.invalidateQueries({ queryKey: ['directory', center] }),
    onError: (error) => announce(say(error), 'assertive'),
  });
  return mutate;
}
