// @vitest-environment node
import { expect, test } from 'vitest';
import type { ReasonChoice } from '../api/contract';
import { freeReason, reasonGroups, reasonName } from './reasons';

const breaks = { id: 9, label: 'Breaks' };
const coaching: ReasonChoice = { id: 1, label: 'Coaching', heading: null, needs_supervisor: true };
const lunch: ReasonChoice = { id: 2, label: 'Lunch', heading: breaks, needs_supervisor: false };
const tea: ReasonChoice = { id: 4, label: 'Tea', heading: breaks, needs_supervisor: false };
const meeting: ReasonChoice = { id: 3, label: 'Meeting', heading: null, needs_supervisor: false };

test('reasons stand under their headings, and those without one first', () => {
  expect(reasonGroups([lunch, coaching, tea, meeting])).toEqual([
    { heading: null, reasons: [coaching, meeting] },
    { heading: breaks, reasons: [lunch, tea] },
  ]);
  expect(reasonGroups([])).toEqual([]);
});

test('where no heading stands above, a reason is called with it', () => {
  expect(reasonName(lunch)).toBe('Breaks: Lunch');
  expect(reasonName(meeting)).toBe('Meeting');
});

test('what a wrap-up may end in needs nobody', () => {
  expect(freeReason([coaching, tea])).toBe(tea);
  expect(freeReason([coaching])).toBeUndefined();
});
