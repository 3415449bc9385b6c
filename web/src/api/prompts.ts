// Prompts over the API: the document, and sounds, which are sent as they are and made playable for telephones.
import { api, API_BASE, ApiError, ask, SIGNED_OUT } from './client';
import type { Problem } from './contract';
import type * as schema from './schema';

type Schemas = schema.components['schemas'];
export type Sound = Schemas['KeptSound'];
/** What is heard in one language. */
export type Spoken = Schemas['KeptWords'];
/** A prompt as the editor has it: as it is answered, for the sounds that are listened to. */
export type PromptInput = Pick<Schemas['KeptPrompt'], 'name' | 'default_language' | 'languages'>;
export type PromptSent = Schemas['KeptPromptSent'];
/** A sound as the server keeps it, and what it was made of. */
export type Uploaded = Schemas['UploadedSound'];

export const SOUND_MAX_BYTES = 25 * 1024 * 1024;

export async function promptSound(center: string, id: string): Promise<Blob> {
  return (await ask(api.GET('/{center}/sounds/{sound}', { params: { path: { center, sound: id } }, parseAs: 'blob' }))) as Blob;
}

function problemOf(text: string): Problem {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** By XMLHttpRequest: fetch does not tell how much has been sent. */
export function uploadSound(center: string, file: File, told: (share: number) => void, signal: AbortSignal): Promise<Uploaded> {
  const request = new XMLHttpRequest();
  return new Promise((done, failed) => {
    const broken = (): void => failed(new ApiError(0, { code: 'unreachable' }));
    signal.addEventListener('abort', () => request.abort());
    request.upload.onprogress = ({ loaded, total }) => told(total > 0 ? loaded / total : 0);
    request.onerror = broken;
    request.ontimeout = broken;
    request.onabort = () => failed(new DOMException('cancelled', 'AbortError'));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        done(JSON.parse(request.responseText) as Uploaded);
        return;
      }
      if (request.status === 401) dispatchEvent(new Event(SIGNED_OUT));
      failed(new ApiError(request.status, problemOf(request.responseText)));
    };
    request.open('POST', `${API_BASE}/${encodeURIComponent(center)}/sounds`);
    request.setRequestHeader('x-tandem-request', '1');
    // The server looks inside: what it is called only says which reader is tried first.
    request.setRequestHeader('content-type', /mpeg|mp3/.test(file.type) || /\.mp3$/i.test(file.name) ? 'audio/mpeg' : 'audio/wav');
    request.send(file);
  });
}
