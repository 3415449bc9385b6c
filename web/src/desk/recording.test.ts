import { describe, expect, test } from 'vitest';
import type { ContactView } from '../api/contract';
import type { RecordingState, RecordingView } from '../api/recording';
import { adviceOf, alarmOf, believed, codeKey, markPassed, shownOf, verbOf, wordOf } from './recording';

const view = (state: RecordingState, more: Partial<RecordingView> = {}): RecordingView => ({ state, since: '2026-11-26T09:00:00Z', required: true, paused_by: null, resumes_at: null, code: null, ...more });
const contact = (more: Partial<ContactView>): ContactView => ({ channel: 'voice', ...more }) as ContactView;

describe('what is seen of a recording', () => {
  test('a contact that nothing records says so, and a server that does not tell says nothing', () => {
    expect(shownOf(contact({ recording: null }))).toBe('off');
    expect(shownOf(contact({}))).toBeNull();
    expect(shownOf(contact({ recording: view('paused') }))).toBe('paused');
    expect(shownOf(contact({ channel: 'voicemail', recording: null }))).toBeNull();
  });

  test('a pause is believed only while the page follows it and its time lasts', () => {
    const now = Date.parse('2026-11-26T09:01:00Z');
    const paused = contact({ recording: view('paused', { resumes_at: '2026-11-26T09:02:00Z' }) });
    expect(believed(paused, true, now)).toBe('paused');
    expect(believed(paused, false, now)).toBe('unsure');
    expect(believed(paused, true, now + 60_000)).toBe('resuming');
    expect(believed(contact({ recording: view('recording') }), false, now)).toBe('recording');
    expect(adviceOf('unsure', paused.recording, 'given')).toBe('recording.about.unsure');
  });

  test('only what is confirmed can be paused or resumed', () => {
    expect(verbOf(view('recording'))).toBe('pause');
    expect(verbOf(view('paused'))).toBe('resume');
    for (const state of ['starting', 'pausing', 'resuming', 'failed', 'not_allowed'] as const) expect(verbOf(view(state))).toBeNull();
    expect(verbOf(null)).toBeNull();
  });

  test('who refused and who was never asked are told apart', () => {
    expect(wordOf('not_allowed', 'refused')).toBe('recording.is.not_allowed.refused');
    expect(wordOf('not_allowed', 'none')).toBe('recording.is.not_allowed.unasked');
    expect(adviceOf('not_allowed', view('not_allowed'), 'announced')).toBe('recording.about.not_allowed.unasked');
  });

  test('a failure says whether the call had to be recorded', () => {
    expect(adviceOf('failed', view('failed'), 'given')).toBe('recording.about.failed.required');
    expect(adviceOf('failed', view('failed', { required: false }), 'given')).toBe('recording.about.failed.free');
    expect(codeKey('no-recording-id')).toBe('recording.code.no_recording_id');
  });
});

describe('the end of a pause', () => {
  test('is told at 60, 30 and 10 seconds, each once', () => {
    expect(markPassed(null, 60)).toBeNull();
    expect(markPassed(61, 60)).toBe(60);
    expect(markPassed(60, 59)).toBeNull();
    expect(markPassed(31, 29)).toBe(30);
    expect(markPassed(11, 10)).toBe(10);
    expect(markPassed(10, 9)).toBeNull();
  });

  test('a clock that jumps tells the last that it passed', () => {
    expect(markPassed(90, 9)).toBe(10);
  });
});

describe('what asks for attention', () => {
  test('a pause that ends in anything but a pause has failed', () => {
    expect(alarmOf(view('pausing'), view('failed'), true)).toBe('pause_failed');
    expect(alarmOf(view('pausing'), null, true)).toBe('pause_failed');
    expect(alarmOf(view('recording'), view('failed', { code: 'pause_failed' }), true)).toBe('pause_failed');
    expect(alarmOf(view('pausing'), view('paused'), true)).toBeNull();
  });

  test('a recording that fails is told once', () => {
    expect(alarmOf(null, view('failed'), false)).toBe('failed');
    expect(alarmOf(undefined, view('failed'), false)).toBeNull();
    expect(alarmOf(view('starting'), view('failed', { code: 'start_failed' }), false)).toBe('failed');
    expect(alarmOf(view('failed'), view('failed'), false)).toBeNull();
  });

  test('a pause that ends by itself is heard, and one that the agent ended is not', () => {
    expect(alarmOf(view('paused'), view('resuming'), false)).toBe('goes_on');
    expect(alarmOf(view('paused'), view('recording'), false)).toBe('goes_on');
    expect(alarmOf(view('pausing'), view('recording'), false)).toBe('goes_on');
    expect(alarmOf(view('paused'), view('resuming'), true)).toBeNull();
    expect(alarmOf(view('resuming'), view('recording'), false)).toBeNull();
    expect(alarmOf(view('paused'), null, false)).toBeNull();
  });
});
