// Reads a holiday calendar beside the page, so that a file cannot stop it: who waits too long ends the worker.
import { readCalendar, type Range } from './calendar';

addEventListener('message', ({ data }: MessageEvent<{ bytes: Uint8Array; range: Range }>) => {
  postMessage(readCalendar(data.bytes, data.range));
});
