// The blocks of one day: from and to as two fields each, typed as people type times, and how to add one.
import { Button, Input } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useId, useState, type ReactNode } from 'react';
import type { Block } from '../api/schedules';
import { useT } from '../i18n/t';
import { typedTime } from './clock';
import css from './hours.module.css';
import { nextBlock } from './schedule';

export type ErrorAt = (path: string) => string | undefined;

interface Props {
  /** Whose blocks these are, for labels. */
  whose: string;
  blocks: readonly Block[];
  path: string;
  errorAt: ErrorAt;
  disabled: boolean;
  change: (blocks: Block[]) => void;
  closed: string;
  blur: (path: string) => void;
}

export function TimeBlocks({ whose, blocks, path, errorAt, disabled, change, closed, blur }: Props): ReactNode {
  const t = useT();
  const id = useId();
  const put = (i: number, part: Partial<Block>): void => change(blocks.map((block, j) => (i === j ? { ...block, ...part } : block)));
  return (
    <div className={css.blocks}>
      {blocks.length === 0 ? <span className={css.closed}>{closed}</span> : null}
      {blocks.map((block, i) => (
        <span key={i} className={css.block} role="group" aria-label={t('hours.block', { whose, number: i + 1 })}>
          <TimeField
            label={t('hours.block.from', { whose, number: i + 1 })}
            value={block.from}
            describedBy={id}
            isWrong={errorAt(`${path}.${i}.from`) !== undefined}
            disabled={disabled}
            change={(from) => put(i, { from })}
            blur={() => blur(`${path}.${i}.from`)}
          />
          <span aria-hidden="true">{'–'}</span>
          <TimeField
            label={t('hours.block.to', { whose, number: i + 1 })}
            value={block.to}
            describedBy={id}
            isWrong={errorAt(`${path}.${i}.to`) !== undefined}
            disabled={disabled}
            change={(to) => put(i, { to })}
            blur={() => blur(`${path}.${i}.to`)}
          />
          {disabled ? null : (
            <Button
              size="small"
              appearance="subtle"
              icon={<DismissRegular />}
              aria-label={t('hours.block.remove', { whose, number: i + 1 })}
              onClick={() => change(blocks.filter((_, j) => j !== i))}
            />
          )}
        </span>
      ))}
      <span id={id} className={css.error} style={{ flexBasis: '100%' }} hidden={errorAt(path) === undefined}>
        {errorAt(path)}
      </span>
    </div>
  );
}

/** Adds hours after the last; the focus goes to where they begin. */
export function AddBlock({ whose, blocks, change, children }: Pick<Props, 'whose' | 'blocks' | 'change'> & { children?: ReactNode }): ReactNode {
  const t = useT();
  const label = t('hours.block.add.label', { whose });
  const add = (): void => {
    const next = t('hours.block.from', { whose, number: blocks.length + 1 });
    change([...blocks, nextBlock(blocks)]);
    requestAnimationFrame(() => [...document.querySelectorAll('input')].find((input) => input.ariaLabel === next)?.select());
  };
  return <Button appearance="subtle" icon={<AddRegular />} aria-label={label} title={label} onClick={add} children={children} />;
}

function TimeField(props: {
  label: string;
  value: string;
  describedBy: string;
  isWrong: boolean;
  disabled: boolean;
  change: (value: string) => void;
  blur: () => void;
}): ReactNode {
  // What is being typed stays as it is typed until one leaves the field.
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Input
      className={css.time}
      aria-label={props.label}
      aria-invalid={props.isWrong}
      aria-describedby={props.isWrong ? props.describedBy : undefined}
      inputMode="numeric"
      autoComplete="off"
      dir="ltr"
      maxLength={7}
      disabled={props.disabled}
      value={typed ?? props.value}
      onChange={(_, data) => {
        setTyped(data.value);
        props.change(typedTime(data.value));
      }}
      onBlur={() => {
        setTyped(null);
        props.blur();
      }}
    />
  );
}
