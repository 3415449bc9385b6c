// Looking at Tandem as somebody else does: of whom it can be asked, and what is asked before.
import { beginView } from '../api/view';
import type { AccountRow } from '../api/access';
import { tellTabs } from '../app/look';
import type { T } from '../i18n/t';
import type { Question } from './confirm';

/** A key looks at nothing, a blocked account sees nothing, and oneself one is already. */
export function isViewable({ id, origin, standing }: Pick<AccountRow, 'id' | 'origin' | 'standing'>, own: number): boolean {
  return origin !== 'api_key' && standing === 'active' && id !== own;
}

export function viewQuestion(t: T, center: string, account: AccountRow): Question {
  const who = account.name ?? account.username;
  return {
    title: t('people.view.title', { who }),
    text: t('people.view.text', { who }),
    points: [t('people.view.nothing'), t('people.view.end'), t('people.view.audit')],
    verb: t('people.view.begin'),
    done: t('view.on', { who }),
    run: async () => {
      await beginView(center, account.id);
      tellTabs();
      // Everything here is of oneself: it is loaded anew, and until then nothing more is asked of here.
      location.assign('/');
      await new Promise(() => undefined);
    },
  };
}
