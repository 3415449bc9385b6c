// Whether the sound that came is the one that was kept: computed here, from the very bytes that are heard.

/** Unknown where this browser cannot tell. */
export type Likeness = 'same' | 'other';
/** More would be held in memory twice. */
const BYTES_MAX = 256 * 1024 * 1024;

export async function likenessOf(sound: Blob, sha256: string | null): Promise<Likeness | null> {
  // Only pages of a safe origin may compute it.
  if (sha256 === null || sound.size > BYTES_MAX || globalThis.crypto?.subtle === undefined) return null;
  const digest = await crypto.subtle.digest('SHA-256', await sound.arrayBuffer());
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === sha256.toLowerCase() ? 'same' : 'other';
}
