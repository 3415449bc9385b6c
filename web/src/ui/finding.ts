// What was typed, found in a name: without case and accents, word by word. Pure.

const plain = (text: string): string => text.toLowerCase().normalize('NFD').replaceAll(/\p{M}+/gu, '').replaceAll(/[-()]+/g, ' ');

/** Every word of it must be in the text, in any order. */
export function isFound(typed: string, text: string): boolean {
  const there = plain(text);
  return plain(typed).split(/\s+/).filter(Boolean).every((word) => there.includes(word));
}

/** Whether the text begins with it. */
export function isBegun(typed: string, text: string): boolean {
  return plain(text).startsWith(plain(typed).trim());
}
