// A capacity profile as a form: what it begins as, its channels, units and labels, and what all of it comes to.
import { Button, Checkbox, Field, Input, Select, Switch } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useId, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { errorsFor } from '../admin/field-errors';
import { useSwitched } from '../admin/switched';
import type { CapacityProfileInput, Channel } from '../api/contract';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { useLineFocus, type ErrorAt } from '../routing/places';
import { NumberField } from '../ui/number-field';
import css from './capacity.module.css';
import { besideOf, FRESH_CHANNEL, FRESH_UNITS, interruptsMessages, LABEL_CHARS_MAX, LABELS_MAX, MESSAGES_MAX, PRESET_NAMES, presetOf, PRESETS, profileProblems, UNITS_MAX, withChannel, type Beside, type ChannelRule, type LabelRule, type Preset } from './profile';
import { useCapacitySentences } from './words';

interface Props {
  profile: CapacityProfileInput;
  isNew: boolean;
  errors: readonly { field: string; detail: string }[];
  /** After the first try to save, everything that is wrong is marked. */
  tried: boolean;
  disabled: boolean;
  change: (profile: CapacityProfileInput) => void;
}
type Part = Omit<Props, 'isNew' | 'errors' | 'tried'> & { errorAt: ErrorAt };

export function CapacityEditor({ isNew, errors, tried, ...props }: Props): ReactNode {
  const t = useT();
  const found = tried ? profileProblems(props.profile) : [];
  const errorAt: ErrorAt = (path, reach = 'inside') => {
    const local = found.find(({ place }) => place === path || (reach === 'inside' && place.startsWith(`${path}.`)));
    return local ? t(local.id) : errorsFor(errors, path, reach);
  };
  return (
    <>
      {isNew ? <Begin {...props} /> : null}
      <section className={`${admin.card} ${admin.section}`}>
        <h2>{t('capacity.summary')}</h2>
        <Summary profile={props.profile} />
      </section>
      <section className={`${admin.card} ${admin.section}`}>
        <h2>{t('capacity.channels')}</h2>
        <div className={admin.fields}>
          <Calls {...props} errorAt={errorAt} />
          <Messages {...props} errorAt={errorAt} />
          {errorAt('channels', 'here') ? <p className={admin.error}>{errorAt('channels', 'here')}</p> : null}
        </div>
      </section>
      <section className={`${admin.card} ${admin.section}`}>
        <h2>{t('capacity.limits')}</h2>
        <div className={admin.fields}>
          <Units {...props} errorAt={errorAt} />
          <Labels {...props} errorAt={errorAt} />
        </div>
      </section>
    </>
  );
}

/** Where a new one begins; what is chosen here replaces everything but the name. */
function Begin({ profile, disabled, change }: Omit<Part, 'errorAt'>): ReactNode {
  const t = useT();
  const name = useId();
  const chosen = presetOf(profile);
  const choose = (preset: Preset): void => {
    change({ name: profile.name, ...structuredClone(PRESETS[preset]) });
    announce(t('capacity.begun', { name: t(`capacity.preset.${preset}`) }));
  };
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2 id={name}>{t('capacity.begin')}</h2>
      <div className={css.presets} role="radiogroup" aria-labelledby={name}>
        {PRESET_NAMES.map((preset) => (
          <label key={preset} className={css.preset} data-chosen={preset === chosen}>
            <input type="radio" name={name} disabled={disabled} checked={preset === chosen} aria-describedby={`${name}-${preset}`} onChange={() => choose(preset)} />
            <span>
              <b>{t(`capacity.preset.${preset}`)}</b>
              <span id={`${name}-${preset}`}>{t(`capacity.preset.${preset}.about`)}</span>
            </span>
          </label>
        ))}
      </div>
    </section>
  );
}

/** What is said of a channel, while it is taken. */
function useChannel({ profile, change }: Part, channel: Channel) {
  const said = profile.channels[channel] ?? null;
  const set = (next: ChannelRule | null): void => change(withChannel(profile, channel, next));
  return { said, set, turn: useSwitched<ChannelRule>(said, () => FRESH_CHANNEL, set) };
}

function Calls(props: Part): ReactNode {
  const t = useT();
  const { profile, disabled, errorAt } = props;
  const { said, set, turn } = useChannel(props, 'voice');
  // One that says 0 calls takes none, too.
  const isOn = said !== null && said.max > 0;
  return (
    <>
      <Field hint={t('capacity.calls.hint')} validationMessage={errorAt('channels.voice.max')}>
        <Switch
          label={t('capacity.calls')}
          disabled={disabled}
          checked={isOn}
          onChange={(_, data) => (data.checked && said ? set({ ...said, max: 1 }) : turn(data.checked))}
        />
      </Field>
      {isOn && profile.channels.voicemail != null ? (
        <>
          <BesideField label={t('capacity.calls.beside')} of="calls" said={said} error={errorAt('channels.voice.beside')} disabled={disabled} set={set} />
          <Field hint={t('capacity.calls.interrupt.hint')} validationMessage={errorAt('channels.voice.interrupts')}>
            <Checkbox
              label={t('capacity.calls.interrupt')}
              disabled={disabled}
              checked={interruptsMessages(said)}
              onChange={(_, data) => set({ ...said, interrupts: data.checked === true ? ['voicemail'] : [] })}
            />
          </Field>
        </>
      ) : null}
    </>
  );
}

function Messages(props: Part): ReactNode {
  const t = useT();
  const { profile, disabled, errorAt } = props;
  const { said, set, turn } = useChannel(props, 'voicemail');
  const { voice } = profile.channels;
  return (
    <>
      <Field validationMessage={errorAt('channels.voicemail', 'here')}>
        <Switch label={t('capacity.messages')} disabled={disabled} checked={said !== null} onChange={(_, data) => turn(data.checked)} />
      </Field>
      {said ? (
        <>
          <NumberField
            label={t('capacity.messages.max')}
            hint={t('field.range', { min: 0, max: MESSAGES_MAX, unit: '' })}
            min={0}
            max={MESSAGES_MAX}
            value={said.max}
            error={errorAt('channels.voicemail.max')}
            disabled={disabled}
            change={(max) => set({ ...said, max: max ?? 0 })}
          />
          {/* A call that interrupts messages comes, whatever is said here. */}
          {voice != null && voice.max > 0 && !interruptsMessages(voice) ? (
            <BesideField label={t('capacity.messages.beside')} of="messages" said={said} error={errorAt('channels.voicemail.beside')} disabled={disabled} set={set} />
          ) : null}
        </>
      ) : null}
    </>
  );
}

function BesideField(props: { label: string; of: 'calls' | 'messages'; said: ChannelRule; error: string | undefined; disabled: boolean; set: (rule: ChannelRule) => void }): ReactNode {
  const t = useT();
  const { label, of, said, error, disabled, set } = props;
  const beside = besideOf(said);
  return (
    <Field label={label} hint={beside === 'any_channel' ? t('capacity.beside.hint') : undefined} validationMessage={error}>
      <Select disabled={disabled} value={beside} onChange={(_, data) => set({ ...said, beside: data.value as Beside })}>
        <option value="same_channel">{t(`capacity.beside.${of}.same_channel`)}</option>
        <option value="any_channel">{t(`capacity.beside.${of}.any_channel`)}</option>
      </Select>
    </Field>
  );
}

function Units({ profile, disabled, errorAt, change }: Part): ReactNode {
  const t = useT();
  const total = profile.units_total ?? null;
  const said = total === null ? null : { total };
  const turn = useSwitched(said, () => ({ total: FRESH_UNITS }), (it) => change({ ...profile, units_total: it?.total ?? null }));
  return (
    <>
      <Field hint={t('capacity.units.hint')}>
        <Switch label={t('capacity.units')} disabled={disabled} checked={total !== null} onChange={(_, data) => turn(data.checked)} />
      </Field>
      {total === null ? null : (
        <NumberField
          label={t('capacity.units.total')}
          hint={t('field.range', { min: 1, max: UNITS_MAX, unit: '' })}
          min={1}
          max={UNITS_MAX}
          value={total}
          error={errorAt('units_total')}
          disabled={disabled}
          change={(units_total) => change({ ...profile, units_total: units_total ?? 1 })}
        />
      )}
    </>
  );
}

function Labels({ profile, disabled, errorAt, change }: Part): ReactNode {
  const t = useT();
  const id = useId();
  const focus = useLineFocus<HTMLUListElement>();
  const labels = profile.labels ?? [];
  const set = (next: LabelRule[]): void => change({ ...profile, labels: next });
  const put = (i: number, part: Partial<LabelRule>): void => set(labels.map((it, j) => (i === j ? { ...it, ...part } : it)));
  // The server tells what is wrong with some label, not with which.
  const said = errorAt('labels.label') ?? errorAt('labels.max') ?? errorAt('labels', 'here');
  return (
    <div className={css.labels} role="group" aria-labelledby={id}>
      <h3 id={id}>{t('capacity.labels')}</h3>
      <p className={admin.hint}>{t('capacity.labels.hint')}</p>
      <ul ref={focus.list} className={admin.pairs}>
        {labels.map((it, i) => (
          <li key={i} className={css.label}>
            <Field label={t('capacity.label')} validationMessage={errorAt(`labels.${i}`)}>
              <Input autoComplete="off" maxLength={LABEL_CHARS_MAX} disabled={disabled} value={it.label} onChange={(_, data) => put(i, { label: data.value })} />
            </Field>
            <NumberField label={t('capacity.label.max')} min={0} max={MESSAGES_MAX} value={it.max} error={undefined} disabled={disabled} change={(max) => put(i, { max: max ?? 0 })} />
            {disabled ? null : (
              <Button
                appearance="subtle"
                icon={<DeleteRegular />}
                aria-label={t('capacity.label.remove', { label: it.label })}
                onClick={() => {
                  set(labels.filter((_, j) => j !== i));
                  focus.to(i - 1);
                }}
              />
            )}
          </li>
        ))}
      </ul>
      {said ? <p className={admin.error}>{said}</p> : null}
      {disabled ? null : (
        <div>
          <Button
            icon={<AddRegular />}
            disabled={labels.length >= LABELS_MAX}
            onClick={() => {
              set([...labels, { label: '', max: 1 }]);
              focus.to(labels.length);
            }}
          >
            {t('capacity.label.add')}
          </Button>
        </div>
      )}
    </div>
  );
}

export function Summary({ profile }: { profile: CapacityProfileInput }): ReactNode {
  const t = useT();
  const [first, ...rest] = useCapacitySentences()(profile);
  return (
    <div className={admin.preview} role="group" aria-label={t('capacity.summary')}>
      <p>
        <b>{first}</b>
      </p>
      {rest.length > 0 ? (
        <ul className={css.sentences}>
          {rest.map((it) => (
            <li key={it}>{it}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
