// What is wrong with a trunk, at its place: paths that the page found missing, and what the server said of fields, lines and rows.
import { errorsFor, sentence } from '../admin/field-errors';
import type { TrunkKind } from '../api/trunks';
import type { MessageId, T } from '../i18n/t';

export interface FieldError {
  field: string;
  detail: string;
}
export interface Refusals {
  /** Of a field, and of what is inside it. */
  at: (path: string) => string | undefined;
  /** Of a field with one entry on each line: which line it is, and what stands there. */
  ofLines: (path: string, lines: readonly string[]) => string | undefined;
  /** Of the n-th entry of a list alone. */
  ofRow: (path: string, n: number) => string | undefined;
  /** Of a list as a whole. */
  ofList: (path: string) => string | undefined;
}

/** What the page says of what it finds wrong itself, where something better than "needed" can be said. */
const SAID: Record<string, MessageId> = {
  sources: 'trunks.wrong.sources',
  own_name: 'trunks.wrong.ownName',
  codecs: 'trunks.wrong.codecs',
  calls_max: 'trunks.wrong.callsMax',
  pending: 'trunks.wrong.pending',
  'number_format.country': 'trunks.wrong.country',
  emergency: 'trunks.wrong.emergency',
  'emergency.waived.why': 'trunks.wrong.reason',
  'emergency.route.trunk_id': 'trunks.wrong.route',
  'emergency.route.call_back_minutes': 'trunks.wrong.callBack',
};

const INDEX = /^(.*)\[(\d+)\]$/;

/** The entries that are refused of a list, by their place. */
function entriesOf(errors: readonly FieldError[], path: string): { n: number; detail: string }[] {
  return errors.flatMap(({ field, detail }) => {
    const found = INDEX.exec(field.replace(/^\//, ''));
    return found?.[1] === path ? [{ n: Number(found[2]), detail }] : [];
  });
}

export function refusalsOf(t: T, problems: readonly string[], errors: readonly FieldError[]): Refusals {
  const own = (path: string): string | undefined => (problems.includes(path) ? t(SAID[path] ?? 'field.error.required') : undefined);
  const whole = (path: string): string | undefined => own(path) ?? errorsFor(errors, path, 'here');
  return {
    at: (path) => own(path) ?? errorsFor(errors, path),
    ofLines: (path, lines) => {
      const said = entriesOf(errors, path).map(({ n, detail }) => t('trunks.line', { line: n + 1, text: `\u2066${lines[n] ?? ''}\u2069`, detail: sentence(detail) }));
      return whole(path) ?? (said.length > 0 ? said.join(' ') : undefined);
    },
    ofRow: (path, n) => {
      const said = entriesOf(errors, path).filter((it) => it.n === n).map(({ detail }) => sentence(detail));
      return said.length > 0 ? said.join(' ') : undefined;
    },
    ofList: whole,
  };
}

const PLACED = /^\/?(name|hosts|transport|is_probed|sources|certificate_names|own_name|digest_user|codecs|srtp|numbers|number_format|calls_max)\b/;
/** What has no field on this page, and is told above the form. */
export function unplacedOf(kind: TrunkKind, errors: readonly FieldError[]): FieldError[] {
  const isPlaced = ({ field }: FieldError): boolean =>
    PLACED.test(field) || (kind === 'teams' && /^\/?emergency\b/.test(field)) || (kind === 'phones' && /^\/?phones\b/.test(field));
  return errors.filter((it) => !isPlaced(it));
}
