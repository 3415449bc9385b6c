// The recording of a contact over the API: where it stands, what the customer said to it, and its pause.
import { ask, loose } from './client';

export type RecordingState = 'starting' | 'recording' | 'pausing' | 'paused' | 'resuming' | 'failed' | 'not_allowed';
export type PausedBy = 'agent' | 'supervisor' | 'flow' | 'payment_page';
export interface RecordingView {
  state: RecordingState;
  since: string;
  /** Whether a rule of the queue wants it. */
  required: boolean;
  paused_by: PausedBy | null;
  /** When a pause ends by itself. */
  resumes_at: string | null;
  /** Why it failed. */
  code: string | null;
}
/** What the customer was told of the recording, and said to it. */
export type Consent = 'none' | 'announced' | 'given' | 'refused';

/** Accepted is not done: only the state of the contact says that nothing is recorded. */
export async function turnRecording(center: string, id: number, verb: 'pause' | 'resume'): Promise<void> {
  await ask(loose.POST(`/{center}/contacts/{id}/recording/${verb}`, { params: { path: { center, id } } }));
}
