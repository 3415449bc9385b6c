// What a list of capacity profiles says of each.
import type { ReactNode } from 'react';
import { sentence } from '../admin/field-errors';
import type { CapacityProfileInput } from '../api/contract';
import { useT } from '../i18n/t';
import { whatText } from './words';

export function AtOnce({ profile }: { profile: CapacityProfileInput }): ReactNode {
  return sentence(whatText(useT(), profile));
}
