// What the account is used for, below its credentials.
import type { ReactNode } from 'react';
import { DirectoryOptions } from './directory-options';
import { Features } from './features';
import { Licensing } from './licensing';
import { SystemMessages } from './messages';
import type { Editing } from './page';

export function Settings({ editing }: { editing: Editing }): ReactNode {
  return (
    <>
      <Features editing={editing} />
      <Licensing editing={editing} />
      <DirectoryOptions editing={editing} />
      <SystemMessages editing={editing} />
    </>
  );
}
