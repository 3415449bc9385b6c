// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { check, FORMS, fresh } from './forms';
import { FRESH_RECORDING, recordingProblems } from './recording-rules';

describe('the recording of a queue', () => {
  test('is off in a new queue, and right as it begins', () => {
    expect(fresh('queues').recording).toBeNull();
    expect(recordingProblems(null)).toEqual({});
    expect(recordingProblems(FRESH_RECORDING)).toEqual({});
  });

  test('takes a pause of 30 to 900 seconds, and 1 to 3650 days or none', () => {
    expect(recordingProblems({ ...FRESH_RECORDING, pause_max_s: 30, keep_days: 3650 })).toEqual({});
    expect(recordingProblems({ ...FRESH_RECORDING, pause_max_s: undefined })).toEqual({});
    expect(recordingProblems({ ...FRESH_RECORDING, pause_max_s: 29 })).toEqual({ pause_max_s: 'recordingRule.error.pause' });
    expect(recordingProblems({ ...FRESH_RECORDING, pause_max_s: 901, keep_days: 0 })).toEqual({ pause_max_s: 'recordingRule.error.pause', keep_days: 'recordingRule.error.keep' });
    expect(recordingProblems({ ...FRESH_RECORDING, keep_days: 3651 })).toEqual({ keep_days: 'recordingRule.error.keep' });
  });

  test('is not sent while something is wrong', () => {
    const spec = FORMS.queues.flatMap(({ fields }) => fields).find(({ kind }) => kind === 'recording');
    if (!spec) throw new Error('queues have no field for their recording');
    expect(check(spec, { ...FRESH_RECORDING, keep_days: 0 })).toBe('recordingRule.error.keep');
    expect(check(spec, FRESH_RECORDING)).toBeUndefined();
    expect(check(spec, null)).toBeUndefined();
  });
});
