// The ring of an offer. A looped buffer needs no timers, so it also rings in a background tab; one tab per profile rings.

let context: AudioContext | null = null;
let playing: AudioBufferSourceNode | null = null;
let urgentNow = false;
let release: (() => void) | null = null;
let wanted = false;

const RATE = 24_000;
const PERIOD_S = 3;

/** Two short two-tone rings, then silence; the urgent one is higher and repeats at once. */
function ring(ctx: AudioContext, urgent: boolean): AudioBuffer {
  const length = urgent ? 1 : PERIOD_S;
  const buffer = ctx.createBuffer(1, RATE * length, RATE);
  const data = buffer.getChannelData(0);
  const tones = urgent ? [784, 988] : [587, 740];
  const strokes = urgent ? [0, 0.25, 0.5] : [0, 0.45];
  const stroke = urgent ? 0.16 : 0.36;
  for (const start of strokes) {
    const first = Math.floor(start * RATE);
    const count = Math.floor(stroke * RATE);
    for (let i = 0; i < count; i += 1) {
      const time = i / RATE;
      const envelope = Math.min(1, time / 0.015) * Math.min(1, (stroke - time) / 0.06);
      const tone = tones.reduce((sum, f) => sum + Math.sin(2 * Math.PI * f * time), 0) / tones.length;
      data[first + i] = (data[first + i] ?? 0) + tone * envelope * 0.28;
    }
  }
  return buffer;
}

/** Must be called from a click: browsers keep sound locked until then. May play one soft tone the first time. */
export function unlockSound(tone: boolean): void {
  if (typeof AudioContext === 'undefined') return;
  const first = context === null;
  context ??= new AudioContext();
  // What was to ring while sound was locked rings now.
  void context.resume().then(() => wanted && startRinging(urgentNow));
  if (first && tone) play660(context);
}

function play660(ctx: AudioContext): void {
  const oscillator = ctx.createOscillator();
  const gain = ctx.createGain();
  oscillator.frequency.value = 660;
  gain.gain.setValueAtTime(0, ctx.currentTime);
  gain.gain.linearRampToValueAtTime(0.12, ctx.currentTime + 0.02);
  gain.gain.linearRampToValueAtTime(0, ctx.currentTime + 0.25);
  oscillator.connect(gain).connect(ctx.destination);
  oscillator.start();
  oscillator.stop(ctx.currentTime + 0.3);
}

export function soundUnlocked(): boolean {
  return context?.state === 'running';
}

function play(urgent: boolean): void {
  if (!context) return;
  playing?.stop();
  const source = context.createBufferSource();
  source.buffer = ring(context, urgent);
  source.loop = true;
  source.connect(context.destination);
  source.start();
  playing = source;
  urgentNow = urgent;
}

export function startRinging(urgent: boolean): void {
  wanted = true;
  if (!playing) urgentNow = urgent;
  if (playing) {
    if (urgent !== urgentNow) play(urgent);
    return;
  }
  if (!soundUnlocked() || release) return;
  if (!('locks' in navigator)) {
    play(urgent);
    return;
  }
  release = () => undefined;
  void navigator.locks.request('tandem-ringer', { ifAvailable: true }, (lock) => {
    if (!lock || !wanted) {
      release = null;
      return undefined;
    }
    play(urgent);
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  });
}

export function stopRinging(): void {
  wanted = false;
  playing?.stop();
  playing = null;
  release?.();
  release = null;
}

const ALARM_S = 0.9;

/** Three falling tones, once, in one tab: something that the agent relied on is not so any more. */
export function soundAlarm(): void {
  if (!context || !soundUnlocked()) return;
  if (!('locks' in navigator)) {
    playAlarm(context);
    return;
  }
  const ctx = context;
  void navigator.locks.request('tandem-alarm', { ifAvailable: true }, (lock) => {
    if (!lock) return undefined;
    playAlarm(ctx);
    return new Promise<void>((resolve) => {
      setTimeout(resolve, ALARM_S * 1000);
    });
  });
}

function playAlarm(ctx: AudioContext): void {
  [880, 698, 587].forEach((frequency, i) => {
    const oscillator = ctx.createOscillator();
    const gain = ctx.createGain();
    const from = ctx.currentTime + i * (ALARM_S / 3);
    oscillator.frequency.value = frequency;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.25, from + 0.02);
    gain.gain.linearRampToValueAtTime(0, from + ALARM_S / 3 - 0.02);
    oscillator.connect(gain).connect(ctx.destination);
    oscillator.start(from);
    oscillator.stop(from + ALARM_S / 3);
  });
}
