// Settings, Integrations, Office 365, Configure: the same record, by the other path (B-212, B-213).
import type { ReactNode } from 'react';
import { AccountPage } from './page';

export function Page(): ReactNode {
  return <AccountPage face="office" />;
}
