// What narrows a list: the period first, then who and where, and the rest behind a button. All of it stands in the address.
import { Button, Checkbox, Field, Input, MessageBar, MessageBarActions, MessageBarBody, Select } from '@fluentui/react-components';
import { FilterRegular } from '@fluentui/react-icons/svg/filter';
import { useId, useState, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Ref } from '../api/contract';
import { KEPT_STATES } from '../api/recordings';
import { useSession } from '../app/session';
import { dialable, TYPED_MAX } from '../desk/dial';
import { numberIn } from '../desk/talk';
import { useMaybeT, useT, type MessageId } from '../i18n/t';
import { isolated } from '../ui/durations';
import { figuresOf } from '../ui/figures';
import { SearchField } from '../ui/search-field';
import { TypedField } from '../ui/typed-field';
import css from './contacts.module.css';
import { agentsOf, changed, CHANNELS, DIRECTIONS, END_REASONS, isBackwards, isSeconds, PERIODS, withoutFigure, type Field as FilterField, type Filters, type Period } from './filters';
import { useNamesOf, type NamesOf } from './names';
import { useEndText } from './words';

interface Props {
  filters: Filters;
  known: readonly FilterField[];
  change: (next: (before: Filters) => Filters) => void;
}
/** Seen at once; what else there is stands behind the button. */
/** Said as one, above the fields. */
const OF_FIGURE = new Set<FilterField>(['figure', 'figure_from', 'figure_to']);
const FIRST = new Set<FilterField>(['queue_id', 'team_id', 'agent_id', 'number', 'state']);

export function FilterBar({ filters, known, change }: Props): ReactNode {
  const t = useT();
  const id = useId();
  const { may, me } = useSession();
  const names = useNamesOf();
  const isShown = (field: FilterField): boolean => {
    if (OF_FIGURE.has(field)) return false;
    if (field === 'agent_id') return may('see_contacts') && agentsOf(me) !== 'none';
    return field !== 'team_id' || (may('see_contacts') && (names.teams.length > 0 || filters.fields.team_id !== undefined));
  };
  const shown = known.filter(isShown);
  const rest = shown.filter((field) => !FIRST.has(field));
  const nRest = rest.filter((field) => filters.fields[field] !== undefined).length;
  const [isOpen, setOpen] = useState(nRest > 0);
  const isNarrowed = Object.keys(filters.fields).length > 0;
  const parts = (fields: readonly FilterField[]): ReactNode =>
    fields.map((field) => <FilterPart key={field} field={field} filters={filters} names={names} change={(value) => change((before) => changed(before, field, value))} />);
  return (
    <search className={css.filters} aria-label={t('filter.label')}>
      <BehindFigure filters={filters} change={change} />
      <div className={css.fields}>
        <PeriodPart filters={filters} change={change} />
        {parts(shown.filter((field) => FIRST.has(field)))}
      </div>
      {rest.length > 0 && isOpen ? (
        <div id={id} className={css.fields}>
          {parts(rest)}
        </div>
      ) : null}
      {rest.length > 0 || isNarrowed ? (
        <div className={css.filterVerbs}>
          {rest.length > 0 ? (
            <Button size="small" appearance="subtle" icon={<FilterRegular />} aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} onClick={() => setOpen(!isOpen)}>
              {nRest > 0 ? t('filter.more.on', { n: nRest }) : t('filter.more')}
            </Button>
          ) : null}
          {isNarrowed ? (
            <Button size="small" appearance="subtle" onClick={() => change((before) => ({ ...before, fields: {} }))}>
              {t('filter.clear')}
            </Button>
          ) : null}
        </div>
      ) : null}
    </search>
  );
}

/** A page of figures led here. */
function BehindFigure({ filters, change }: Omit<Props, 'known'>): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const intl = useIntl();
  const { zone } = useSession();
  const { figure, figure_from: from, figure_to: to } = filters.fields;
  if (figure === undefined) return null;
  const name = maybe(`figures.col.${figure.split('.')[1] ?? ''}`, figure);
  const moment = (at: string | undefined): string => (at === undefined ? '' : isolated(figuresOf(intl, zone).moment(at)));
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>{t('filter.figure', { name, from: moment(from), to: moment(to) })}</MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={() => change(withoutFigure)}>
          {t('filter.figure.clear')}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}

function PeriodPart({ filters, change }: Omit<Props, 'known'>): ReactNode {
  const t = useT();
  const error = isBackwards(filters) ? t('filter.backwards') : undefined;
  return (
    <>
      <Field label={t('filter.period')}>
        <Select value={filters.period} onChange={(_, data) => change((before) => ({ ...before, period: data.value as Period, from: '', to: '' }))}>
          {PERIODS.map((period) => (
            <option key={period} value={period}>
              {t(`filter.period.${period}`)}
            </option>
          ))}
        </Select>
      </Field>
      {filters.period === 'own' ? (
        <>
          <Field label={t('filter.from')}>
            <Input type="datetime-local" value={filters.from} onChange={(_, data) => change((before) => ({ ...before, from: data.value }))} />
          </Field>
          <Field label={t('filter.to')} validationMessage={error}>
            <Input type="datetime-local" value={filters.to} onChange={(_, data) => change((before) => ({ ...before, to: data.value }))} />
          </Field>
        </>
      ) : null}
    </>
  );
}

interface PartProps {
  field: FilterField;
  filters: Filters;
  names: NamesOf;
  change: (value: string) => void;
}

function FilterPart({ field, filters, names, change }: PartProps): ReactNode {
  const t = useT();
  const end = useEndText();
  const { me } = useSession();
  const value = filters.fields[field] ?? '';
  const pick = (label: MessageId, options: readonly { value: string; text: string }[]): ReactNode => (
    <Field label={t(label)}>
      <Select value={value} onChange={(_, data) => change(data.value)}>
        <option value="">{t('filter.any')}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </Select>
    </Field>
  );
  const tick = (label: MessageId, ticked: string): ReactNode => (
    <Checkbox className={css.check} label={t(label)} checked={value === ticked} onChange={(_, data) => change(data.checked === true ? ticked : '')} />
  );
  switch (field) {
    case 'queue_id':
      return pick('filter.queue', names.queues.map((it) => ({ value: String(it.id), text: it.name })));
    case 'team_id':
      return pick('filter.team', names.teams.map((it) => ({ value: String(it.id), text: it.name })));
    case 'agent_id':
      return agentsOf(me) === 'own' ? tick('filter.own', String(me.account.agent_id)) : <AgentPart agents={names.agents} value={value} change={change} />;
    case 'direction':
      return pick('filter.direction', DIRECTIONS.map((it) => ({ value: it, text: t(`contacts.direction.${it}`) })));
    case 'channel':
      return pick('filter.channel', CHANNELS.map((it) => ({ value: it, text: t(`contacts.channel.${it}`) })));
    case 'end_reason':
      return pick('filter.end', END_REASONS.map((it) => ({ value: it, text: end(it) })));
    case 'disposition_id':
      return pick('filter.disposition', names.dispositions.map((it) => ({ value: String(it.id), text: it.label })));
    case 'open':
      return pick('filter.standing', [
        { value: 'true', text: t('filter.standing.open') },
        { value: 'false', text: t('filter.standing.over') },
      ]);
    case 'state':
      return pick('filter.state', KEPT_STATES.map((it) => ({ value: it, text: t(`recording.state.${it}`) })));
    case 'number':
      return <TypedField kind="tel" max={TYPED_MAX} label={t('filter.number')} hint={t('filter.number.hint')} value={value} read={numberOf} error={t('filter.number.error')} change={change} />;
    case 'min_wait_s':
      return <TypedField kind="number" max={TYPED_MAX} label={t('filter.minWait')} value={value} read={secondsOf} error={t('filter.minWait.error')} change={change} />;
    case 'has_recording':
      return tick('filter.recorded', 'true');
    case 'on_hold':
      return tick('filter.onHold', 'true');
    case 'figure':
    case 'figure_from':
    case 'figure_to':
      return null;
  }
}

function AgentPart({ agents, value, change }: { agents: readonly Ref[]; value: string; change: (value: string) => void }): ReactNode {
  const t = useT();
  const any = { key: '', text: t('filter.any'), note: '' };
  const name = value === '' ? any.text : (agents.find((it) => String(it.id) === value)?.name ?? value);
  return (
    <SearchField
      label={t('filter.agent')}
      none={t('filter.agent.none')}
      value={name}
      disabled={false}
      found={(typed) => {
        const needle = typed.trim().toLowerCase();
        const found = agents.filter((it) => it.name.toLowerCase().includes(needle)).map((it) => ({ key: String(it.id), text: it.name, note: '' }));
        return needle === '' ? [any, ...found] : found;
      }}
      choose={change}
    />
  );
}

const numberOf = (typed: string): string | null => numberIn(dialable(typed));
function secondsOf(typed: string): string | null {
  const digits = typed.trim();
  return isSeconds(digits) ? digits : null;
}
