// Has a holiday calendar read: a worker of its own for each file, that ends with its answer or at the deadline.
import type { Answer, CalendarRead, Range, REFUSALS } from './calendar';

export const FILE_MAX_BYTES = 1024 * 1024;
const DEADLINE_MS = 10_000;

export type Refusal = (typeof REFUSALS)[number] | 'empty' | 'large' | 'slow' | 'failed';
export type Outcome = { read: CalendarRead } | { refused: Refusal };

export async function bytesOf(file: File): Promise<Uint8Array | Refusal> {
  if (file.size === 0) return 'empty';
  if (file.size > FILE_MAX_BYTES) return 'large';
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    // Taken away or locked by another program meanwhile.
    return 'failed';
  }
}

export function askReader(bytes: Uint8Array, range: Range, stop: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./calendar-worker.ts', import.meta.url), { type: 'module' });
    const end = (outcome: Outcome): void => {
      clearTimeout(deadline);
      worker.terminate();
      resolve(outcome);
    };
    const deadline = setTimeout(() => end({ refused: 'slow' }), DEADLINE_MS);
    worker.onmessage = ({ data }: MessageEvent<Answer>) => end(data);
    worker.onerror = () => end({ refused: 'failed' });
    stop.addEventListener('abort', () => end({ refused: 'slow' }), { once: true });
    worker.postMessage({ bytes, range });
  });
}
