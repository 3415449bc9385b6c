import { describe, expect, test } from 'vitest';
import { safeNext } from '../entry/sign-in';
import { errorsFor } from './field-errors';
import { check, FORMS, fresh, valueAt, withValue, type FieldSpec } from './forms';

describe('settings forms', () => {
  test('a nested value is changed without touching the rest', () => {
    const before = fresh('queues');
    const after = withValue(before, 'wrap_up.seconds', 90);
    expect(after.wrap_up).toEqual({ ...before.wrap_up, seconds: 90 });
    expect(before.wrap_up.seconds).not.toBe(90);
    expect(after.targets).toBe(before.targets);
  });

  test('every field of every form exists in a new object', () => {
    for (const [area, sections] of Object.entries(FORMS)) {
      const object = fresh(area as keyof typeof FORMS);
      for (const field of sections.flatMap((section) => section.fields)) {
        expect(valueAt(object, field.path), `${area} ${field.path}`).not.toBeUndefined();
      }
    }
  });

  test('server errors stand at their field, however the path is spelled', () => {
    const errors = [
      { field: 'wrap_up.seconds', detail: 'too long' },
      { field: 'requirements[0].skill_id', detail: 'unknown skill' },
      { field: '/targets/waiting', detail: 'negative' },
    ];
    expect(errorsFor(errors, 'wrap_up.seconds')).toBe('Too long');
    expect(errorsFor(errors, 'requirements')).toBe('Unknown skill');
    expect(errorsFor(errors, 'targets.waiting')).toBe('Negative');
    expect(errorsFor(errors, 'wrap_up.mode')).toBeUndefined();
  });

  test('ids, ranges and needed fields are checked before asking the server', () => {
    const guid: FieldSpec = { path: 'x', label: 'field.name', kind: 'guid', required: true };
    expect(check(guid, '')).toBe('field.error.required');
    expect(check(guid, '1234')).toBe('field.error.guid');
    expect(check(guid, 'cc123456-5678-5678-1234-ccc123456789')).toBeUndefined();
    const number: FieldSpec = { path: 'x', label: 'field.name', kind: 'number', min: 5, max: 120 };
    expect(check(number, 4)).toBe('field.error.range');
    expect(check(number, '')).toBe('field.error.number');
    expect(check(number, 20)).toBeUndefined();
  });
});

test('sign-in leads only to pages of ours', () => {
  expect(safeNext('/admin/queues?x=1')).toBe('/admin/queues?x=1');
  for (const bad of [null, '//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)']) {
    expect(safeNext(bad)).toBe('/');
  }
});
