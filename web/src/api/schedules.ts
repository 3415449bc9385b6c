// Business hours over the API: the document, what it amounts to, and the requests that are not those of every setting.
import { api, ask } from './client';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Wall-clock times, `08:00`; `to` may be `24:00`. */
export interface Block {
  from: string;
  to: string;
}
export interface Exception {
  name: string;
  /** Dates, both included: `2026-12-25`. */
  first: string;
  last: string;
  yearly: boolean;
  /** None: closed all day. */
  open: Block[];
}
export interface ScheduleInput {
  name: string;
  time_zone: string;
  weekly: Record<Weekday, Block[]>;
  exceptions: Exception[];
  closed_now: { reason: string } | null;
}

export interface HoursNow {
  state: 'open' | 'closed' | 'holiday' | 'emergency';
  name: string | null;
  until: string | null;
}
export interface DayPreview {
  date: string;
  exception: string | null;
  /** Instants with the offset of their zone. */
  open: { from: string; to: string }[];
}
export interface Preview {
  now: HoursNow;
  days: DayPreview[];
}

export async function previewStored(center: string, id: number, days: number): Promise<Preview> {
  const params = { path: { center, id }, query: { days } };
  return (await ask(api.GET('/{center}/schedules/{id}/preview', { params }))) as Preview;
}

export async function previewUnsaved(center: string, schedule: ScheduleInput, days: number): Promise<Preview> {
  const params = { path: { center }, query: { days } };
  return (await ask(api.POST('/{center}/schedules/preview', { params, body: schedule }))) as Preview;
}

export async function closeNow(center: string, id: number, reason: string): Promise<void> {
  await ask(api.POST('/{center}/schedules/{id}/close', { params: { path: { center, id } }, body: { reason } }));
}

export async function reopen(center: string, id: number): Promise<void> {
  await ask(api.POST('/{center}/schedules/{id}/reopen', { params: { path: { center, id } } }));
}
