// The directory as a page of its own.
import { Button } from '@fluentui/react-components';
import { PeopleTeamRegular } from '@fluentui/react-icons/svg/people-team';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useTitle } from '../app/title';
import '../i18n/directory';
import { useT } from '../i18n/t';
import { Empty, Failed, Loading } from '../ui/states';
import css from './directory.module.css';
import { DirectoryPanel } from './panel';
import { useMyTeams } from './use-directory';

export function Page(): ReactNode {
  const t = useT();
  const title = t('directory.title');
  useTitle(title);
  const mine = useMyTeams();
  return (
    <div className={css.page}>
      <h1>{title}</h1>
      {mine.isPending ? <Loading rows={[40, 400]} /> : mine.isError ? <Failed error={mine.error} retry={() => void mine.refetch()} /> : mine.data.has_account && mine.data.is_enabled ? <DirectoryPanel label={t('directory.people')} /> : <SwitchedOff hasAccount={mine.data.has_account} />}
    </div>
  );
}

function SwitchedOff({ hasAccount }: { hasAccount: boolean }): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  if (!hasAccount) return <Empty icon={<PeopleTeamRegular />} title={t('directory.none')} text={t('directory.none.text')} />;
  return (
    <Empty
      icon={<PeopleTeamRegular />}
      title={t('directory.off')}
      text={t('directory.off.text')}
      action={
        <Button appearance="primary" onClick={() => void navigate('/profile')}>
          {t('profile.title')}
        </Button>
      }
    />
  );
}
