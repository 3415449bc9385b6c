// What is made by the server while it is fetched, as a file: how much of it is here, given up when asked to.
const PART_BYTES = 8 * 1024 * 1024;

/** Folds what came into larger parts, which the browser may keep on disk. */
export async function collected(stream: ReadableStream<Uint8Array>, type: string, told: (bytes: number) => void): Promise<Blob> {
  const parts: Blob[] = [];
  let open: Uint8Array<ArrayBuffer>[] = [];
  let [openBytes, bytes] = [0, 0];
  const fold = (): void => {
    parts.push(new Blob(open));
    open = [];
    openBytes = 0;
  };
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    open.push(value as Uint8Array<ArrayBuffer>);
    openBytes += value.byteLength;
    bytes += value.byteLength;
    if (openBytes >= PART_BYTES) fold();
    told(bytes);
  }
  fold();
  return new Blob(parts, { type });
}

/** Tells of a figure that grows only once it is a whole step further: a file comes in thousands of small parts. */
export function inSteps(step: number, told: (figure: number) => void): (figure: number) => void {
  let last = 0;
  return (figure) => {
    if (figure - last < step) return;
    last = figure;
    told(figure);
  };
}

/** Hands a file to the browser's downloads. */
export function saveAs(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then, or never will.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
