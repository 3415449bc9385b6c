// The agents of a queue to whom chance gives more, or fewer, contacts than to others. It stands in the form where the queue chooses
// by chance, and where something is set that counts for nothing.
import { useId, useRef, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { titleOf, useList } from '../admin/settings';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { isFound } from '../ui/finding';
import { SearchField } from '../ui/search-field';
import { CHANCE_WEIGHT, CHANCES_MAX, choosesByChance, type Chance } from './chances';
import type { ErrorAt } from './places';
import type { Asking } from './plan';
import css from './routing.module.css';
import { WeightedLine } from './weighted-line';

interface Props {
  label: string;
  hint: string | undefined;
  value: readonly Chance[] | undefined;
  error: string | undefined;
  errorAt: ErrorAt;
  disabled: boolean;
  change: (chances: Chance[]) => void;
  queue: Pick<Asking, 'strategy' | 'plan'>;
}

export function ChancesField({ label, hint, value, error, errorAt, disabled, change, queue }: Props): ReactNode {
  const t = useT();
  const id = useId();
  const field = useRef<HTMLFieldSetElement>(null);
  const chances = value ?? [];
  const agents = useList('agents').data?.items ?? [];
  if (!choosesByChance(queue) && chances.length === 0) return null;
  const nameOf = (agent: number): string => {
    const found = agents.find((it) => it.id === agent);
    return found ? titleOf(found) : t('list.gone');
  };
  const remove = (agent_id: number): void => {
    change(chances.filter((it) => it.agent_id !== agent_id));
    announce(t('many.removed', { name: nameOf(agent_id) }));
    // The button is gone with its line.
    field.current?.querySelector('input')?.focus();
  };
  const put = (agent_id: number, weight: number): void => change(chances.map((it) => (it.agent_id === agent_id ? { agent_id, weight } : it)));
  const isFree = (agent: number): boolean => !chances.some((it) => it.agent_id === agent);
  return (
    <fieldset ref={field} className={admin.group} aria-describedby={id}>
      <legend>{label}</legend>
      {disabled || chances.length >= CHANCES_MAX ? null : (
        <SearchField
          label={t('ask.chances.find')}
          hint={undefined}
          none={t('list.noMatch')}
          value=""
          placeholder={t('list.filter')}
          error={undefined}
          disabled={false}
          found={(typed) => agents.filter((it) => isFree(it.id) && isFound(typed, titleOf(it))).map((it) => ({ key: String(it.id), text: titleOf(it), note: '' }))}
          choose={(key) => {
            change([...chances, { agent_id: Number(key), weight: CHANCE_WEIGHT[0] }]);
            announce(t('many.added', { name: nameOf(Number(key)) }));
          }}
        />
      )}
      {chances.length === 0 ? <p className={css.nothing}>{t('ask.chances.none')}</p> : null}
      <ul className={css.parts} aria-label={label}>
        {chances.map(({ agent_id, weight }, n) => (
          <li key={agent_id}>
            <WeightedLine
              weight={weight}
              range={CHANCE_WEIGHT}
              weightLabel={t('ask.chances.weight', { name: nameOf(agent_id) })}
              removeLabel={t('many.remove', { name: nameOf(agent_id) })}
              wrong={errorAt(`chances.${n}`, 'inside')}
              disabled={disabled}
              put={(it) => put(agent_id, it)}
              remove={() => remove(agent_id)}
            >
              <bdi>{nameOf(agent_id)}</bdi>
            </WeightedLine>
          </li>
        ))}
      </ul>
      <div id={id}>
        {hint ? <p className={admin.hint}>{hint}</p> : null}
        {error ? <p className={admin.error}>{error}</p> : null}
      </div>
    </fieldset>
  );
}
