// How long something is kept, as it is read.
import { useT } from '../i18n/t';

export function useDaysText(): (days: number | null) => string {
  const t = useT();
  return (days) => (days === null ? t('privacy.forGood') : t('privacy.days', { n: days }));
}
