// The languages that prompts can be in, found by any part of their name or tag, and which one a caller hears. Pure.
import { isFound } from '../ui/finding';

/** Languages with voices to read texts aloud, as BCP 47 tags. */
export const TAGS = [
  'af-ZA', 'ar-AE', 'ar-EG', 'ar-SA', 'bg-BG', 'bn-IN', 'bs-BA', 'ca-ES', 'cs-CZ', 'cy-GB', 'da-DK', 'de-AT', 'de-CH', 'de-DE', 'el-GR', 'en-AU', 'en-CA', 'en-GB', 'en-IE',
  'en-IN', 'en-NZ', 'en-US', 'en-ZA', 'es-AR', 'es-CO', 'es-ES', 'es-MX', 'es-US', 'et-EE', 'eu-ES', 'fa-IR', 'fi-FI', 'fil-PH', 'fr-BE', 'fr-CA', 'fr-CH', 'fr-FR', 'ga-IE',
  'gl-ES', 'he-IL', 'hi-IN', 'hr-HR', 'hu-HU', 'id-ID', 'is-IS', 'it-IT', 'ja-JP', 'ko-KR', 'lt-LT', 'lv-LV', 'mk-MK', 'ms-MY', 'mt-MT', 'nb-NO', 'nl-BE', 'nl-NL', 'pl-PL',
  'pt-BR', 'pt-PT', 'ro-RO', 'ru-RU', 'sk-SK', 'sl-SI', 'sq-AL', 'sr-RS', 'sv-SE', 'sw-KE', 'ta-IN', 'th-TH', 'tr-TR', 'uk-UA', 'ur-PK', 'vi-VN', 'zh-CN', 'zh-HK', 'zh-TW',
] as const;

/** `German (Austria)` in the language of the page. */
export function languageName(tag: string, locale: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: 'language', languageDisplay: 'standard' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

export const primaryOf = (tag: string): string => tag.split('-')[0]?.toLowerCase() ?? tag;

export interface Language {
  tag: string;
  name: string;
}

/** Every word must be in the name or the tag; by name. */
export function foundLanguages(typed: string, locale: string, without: readonly string[]): Language[] {
  return TAGS.filter((tag) => !without.includes(tag))
    .map((tag) => ({ tag, name: languageName(tag, locale) }))
    .filter(({ tag, name }) => isFound(typed, `${name} ${tag}`))
    .sort((a, b) => a.name.localeCompare(b.name, locale));
}

/** What a caller of a language hears: exactly it, else the same language of elsewhere, else the default. */
export function heardBy(wanted: string, tags: readonly string[], fallback: string): string {
  const same = (tag: string): boolean => tag.toLowerCase() === wanted.toLowerCase();
  return tags.find(same) ?? [...tags].sort().find((tag) => primaryOf(tag) === primaryOf(wanted)) ?? fallback;
}

/** Callers whose language is not there, for which it can be shown what they hear: one for each language that is. */
export function strangers(tags: readonly string[]): string[] {
  const primaries = [...new Set(tags.map(primaryOf))];
  return primaries.flatMap((primary) => TAGS.find((tag) => primaryOf(tag) === primary && !tags.includes(tag)) ?? []);
}
