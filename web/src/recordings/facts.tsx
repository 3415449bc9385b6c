// What is known of a recording: whether it is here, why it is not, how long it stays, and by what it would be seen if a byte
// of it were another.
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { LockClosedRegular } from '@fluentui/react-icons/svg/lock-closed';
import { Button } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Recording, RecordingState } from '../api/recordings';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import '../i18n/past';
import { useMaybeT, useT } from '../i18n/t';
import { useCopy } from '../ui/copy';
import { isolated } from '../ui/durations';
import { figuresOf } from '../ui/figures';
import { Shape, type ShapeName } from '../ui/shapes';
import { Ltr } from '../ui/time';
import type { Likeness } from './fingerprint';
import css from './player.module.css';
import { useVerification } from './verification';

const LOOKS: Record<RecordingState, { shape: ShapeName; color: string }> = {
  recording: { shape: 'square', color: td.tdStateOnContact },
  arriving: { shape: 'half', color: td.tdStateOffering },
  kept: { shape: 'circle', color: td.tdLevelOk },
  lost: { shape: 'triangle', color: td.tdLevelWatch },
  erased: { shape: 'cross', color: td.tdStateOffline },
};

export function StateMark({ recording }: { recording: Recording }): ReactNode {
  const t = useT();
  return (
    <span className={css.mark}>
      <Shape {...LOOKS[recording.state]} size={12} />
      {t(`recording.state.${recording.state}`)}
    </span>
  );
}

export function HoldMark({ recording }: { recording: Recording }): ReactNode {
  const t = useT();
  if (recording.hold === null) return null;
  return (
    <span className={`${css.mark} ${css.badge}`}>
      <LockClosedRegular fontSize={16} />
      {t('recording.hold.on')}
    </span>
  );
}

/** Why there is nothing to hear, in plain words; a code that is not known here is shown as it is. */
export function useLostText(): (code: string | null | undefined) => string {
  const t = useT();
  const maybe = useMaybeT();
  return (code) => (code == null ? t('recording.lost.unknown') : maybe(`recording.lost.${code}`, t('recording.lost.other', { code: isolated(code) })));
}

export function Proof({ recording, likeness }: { recording: Recording; likeness: Likeness | null }): ReactNode {
  const t = useT();
  const intl = useIntl();
  const { zone } = useSession();
  const { sha256, chain, hold, keep_until } = recording;
  const figures = figuresOf(intl, zone);
  if (recording.state === 'recording' || recording.state === 'arriving') return null;
  return (
    <dl className={css.proof}>
      {hold === null ? null : (
        <div>
          <dt>{t('recording.hold')}</dt>
          <dd>
            <bdi>{t('recording.hold.text', { by: hold.by ?? t('product.name'), at: figures.moment(hold.at), reason: hold.reason ?? t('reason.none') })}</bdi>
          </dd>
        </div>
      )}
      {recording.state === 'kept' ? (
        <div>
          <dt>{t('recording.keep')}</dt>
          <dd>
            {hold !== null ? t('recording.keep.held') : null} {keep_until === null ? t('recording.keep.open') : <bdi>{t('recording.keep.until', { day: figures.day(keep_until) })}</bdi>}
          </dd>
        </div>
      ) : null}
      {sha256 === null ? null : (
        <div>
          <dt>{t('recording.sha256')}</dt>
          <dd>
            <Hash value={sha256} />
            {likeness === null ? null : <Alike likeness={likeness} />}
            <Verified id={recording.id} />
          </dd>
        </div>
      )}
      {chain === null ? null : (
        <div>
          <dt>{t('recording.chain', { n: chain.n })}</dt>
          <dd>
            <Hash value={chain.sha256} />
          </dd>
        </div>
      )}
    </dl>
  );
}

function Hash({ value }: { value: string }): ReactNode {
  const t = useT();
  const [isCopied, copy] = useCopy();
  return (
    <span className={css.hash}>
      <Ltr>{value}</Ltr>
      <Button size="small" appearance="subtle" icon={<CopyRegular />} aria-label={t('recording.hash.copy')} title={t(isCopied ? 'action.copied' : 'recording.hash.copy')} onClick={() => copy(value)} />
    </span>
  );
}

function Alike({ likeness }: { likeness: Likeness }): ReactNode {
  const t = useT();
  const isSame = likeness === 'same';
  return (
    <p className={css.mark} role={isSame ? 'status' : 'alert'}>
      <Shape shape={isSame ? 'circle' : 'octagon'} color={isSame ? td.tdLevelOk : td.tdLevelAct} size={12} />
      {t(isSame ? 'recording.alike' : 'recording.unlike')}
    </p>
  );
}

/** Only what was looked at is said to be unchanged. */
function Verified({ id }: { id: number }): ReactNode {
  const t = useT();
  const intl = useIntl();
  const { zone } = useSession();
  const { data } = useVerification();
  const fault = data?.faults.find((it) => it.id === id);
  const maybe = useMaybeT();
  if (fault) {
    return (
      <span className={css.mark}>
        <Shape shape="octagon" color={td.tdLevelAct} size={12} />
        {maybe(`verify.fault.${fault.what}`, fault.what)}
      </span>
    );
  }
  if (data?.state !== 'done' || data.at === null) return null;
  return (
    <span className={css.mark}>
      <Shape shape="circle" color={td.tdLevelOk} size={12} />
      {t('recording.unchanged', { at: figuresOf(intl, zone).moment(data.at) })}
    </span>
  );
}
