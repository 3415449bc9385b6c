// How a setting of privacy reads: what it is called, how long something is kept.
import type { PartWords } from '../admin/dialogs';
import { useT } from '../i18n/t';
import { FIGURES, KEPT } from './keeping';

export function useDaysText(): (days: number | null) => string {
  const t = useT();
  return (days) => (days === null ? t('privacy.forGood') : t('privacy.days', { n: days }));
}

/** Both versions are told in the words of the form. */
export function usePartWords(): PartWords {
  const t = useT();
  const days = useDaysText();
  return (key, value) => {
    const kept = KEPT.find((it) => it === key);
    if (kept) return [t(`privacy.${kept}`), days(typeof value === 'number' ? value : null)];
    return [t('privacy.figures'), t(`privacy.figures.${FIGURES.find((it) => it === value) ?? 'each'}`)];
  };
}
