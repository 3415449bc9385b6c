// Development only: sounds of the stand-in server, mono and of 16 bits as the real one keeps them.
export const RATE = 16_000;

/** Samples between -1 and 1 as a file; of several channels one after the other. */
export function wav(samples, { channels = 1, rate = RATE } = {}) {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2 * channels, 28);
  bytes.writeUInt16LE(2 * channels, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((s, i) => bytes.writeInt16LE(Math.round(s * 32767), 44 + i * 2));
  return bytes;
}

/** A tone of some seconds; one that rises lets a place in it be heard. */
export function tone(seconds, hertz, level, rise = 0) {
  const n = Math.round(seconds * RATE);
  return wav(Array.from({ length: n }, (_, i) => level * Math.sin((2 * Math.PI * (hertz + (rise * i) / n) * i) / RATE)));
}
