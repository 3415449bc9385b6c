// Several controls that are one field: named by its label, described by its hint and by what is wrong with it.
import { useId, type ReactNode } from 'react';
import { useT } from '../i18n/t';
import css from './admin.module.css';
import type { FieldSpec } from './forms';

export function Grouped({ spec, error, children }: { spec: FieldSpec; error: string | undefined; children: ReactNode }): ReactNode {
  const t = useT();
  const id = useId();
  return (
    <fieldset className={css.group} aria-describedby={id}>
      <legend>{t(spec.label)}</legend>
      {children}
      <div id={id}>
        {spec.hint ? <p className={css.hint}>{t(spec.hint)}</p> : null}
        {error ? <p className={css.error}>{error}</p> : null}
      </div>
    </fieldset>
  );
}
