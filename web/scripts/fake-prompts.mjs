// Prompts for the fake server: some that look like a center's own, sounds that are tones, and what is said against both.
import { createHash } from 'node:crypto';
import { RATE, tone } from './fake-sound.mjs';

const sounds = new Map();

function kept(seconds, peak_dbfs, hertz) {
  const bytes = tone(seconds, hertz, 10 ** (peak_dbfs / 20));
  const id = createHash('sha256').update(bytes).digest('hex');
  sounds.set(id, bytes);
  return { id, seconds, peak_dbfs };
}

export const PROMPTS = [
  { id: 1, version: 4, name: 'Welcome', default_language: 'en-US', languages: { 'en-US': { text: 'Welcome to Contoso. Your call may be recorded.' }, 'de-DE': { sound: kept(3.2, -3.1, 440) }, 'es-ES': { text: 'Bienvenido a Contoso.' } } },
  { id: 2, version: 1, name: 'Music on hold', default_language: 'en-US', languages: { 'en-US': { sound: kept(8, -12.4, 330) } } },
  { id: 3, version: 2, name: 'We are closed', default_language: 'en-GB', languages: { 'en-GB': { text: 'We are closed. Please call again tomorrow.' }, 'fr-FR': { text: 'Nous sommes fermés.' } } },
];

export function soundOf(id) {
  return sounds.get(id);
}

/** Looks at the first bytes as the server does. What is refused depends on the name of nothing: only on what is inside. */
export function uploaded(bytes) {
  const wrong = (code, detail) => ({ status: 422, code, detail });
  if (bytes.length === 0) return wrong('sound_empty', 'The file is empty. Choose another one.');
  if (bytes.toString('latin1', 0, 4) !== 'RIFF') return wrong('sound_unknown', 'This is neither WAV nor MP3. Export the recording as WAV, PCM, and choose that file.');
  const channels = bytes.readUInt16LE(22);
  const rate_hz = bytes.readUInt32LE(24);
  const bits = bytes.readUInt16LE(34);
  let peak = 0;
  for (let i = 44; i + 1 < bytes.length; i += 2) peak = Math.max(peak, Math.abs(bytes.readInt16LE(i)) / 32768);
  if (peak === 0) return wrong('sound_silent', 'Nothing can be heard in it. Check the microphone and record it again.');
  const seconds = Math.round(((bytes.length - 44) / (rate_hz * channels * (bits / 8))) * 10) / 10;
  const peak_dbfs = Math.round(200 * Math.log10(peak)) / 10;
  const sound = kept(Math.max(1, Math.round(seconds)), peak_dbfs, 500);
  return { ...sound, seconds, loudness_note: peak_dbfs < -30 ? 'too_quiet' : peak_dbfs > -0.1 ? 'clipped' : null, was: { rate_hz, channels, bits } };
}

/** What is sent of a prompt, as it is stored; or what is wrong with it. */
export function storedPrompt(sent, before) {
  const errors = [];
  const languages = {};
  for (const [tag, spoken] of Object.entries(sent.languages ?? {})) {
    const old = before?.languages?.[tag]?.sound;
    if (spoken.sound_id === undefined) {
      if (/darn/.test(spoken.text)) errors.push({ field: `languages.${tag}.text`, detail: 'mind your language' });
      languages[tag] = { text: spoken.text };
    } else if (!sounds.has(spoken.sound_id)) errors.push({ field: `languages.${tag}.sound_id`, detail: 'this sound is gone; send it again' });
    else languages[tag] = { sound: old?.id === spoken.sound_id ? old : known(spoken.sound_id) };
  }
  return { errors, prompt: { ...sent, languages } };
}

function known(id) {
  const bytes = sounds.get(id);
  return { id, seconds: Math.round(((bytes.length - 44) / RATE / 2) * 10) / 10, peak_dbfs: -3 };
}
