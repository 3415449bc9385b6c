// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { CODES, foundCountries, namesOf } from './calling-codes';
import { FRESH_RULES, missingRule } from './calling-rules';

const found = (typed: string, without: string[] = []): string[] => foundCountries(typed, 'en', without).map(({ name, code }) => `${name} +${code}`);

describe('calling out from a queue', () => {
  test('a country is found by its name, with or without accents', () => {
    expect(found('germ')).toEqual(['Germany +49']);
    expect(found('cote')).toEqual(['Côte d’Ivoire +225']);
  });

  test('a name that begins with what was typed comes first', () => {
    expect(found('ger')[0]).toBe('Germany +49');
    expect(found('can')[0]).toBe('Canada +1');
  });

  test('a country is found by its calling code, however it is written', () => {
    for (const typed of ['49', '+49', '0049', ' +49 ']) expect(found(typed)).toEqual(['Germany +49']);
    expect(found('35')[0]).toMatch(/\+35\d$/);
  });

  test('a code that is whole comes before those that begin with it', () => {
    expect(found('7')).toEqual(['Kazakhstan +7', 'Russia +7']);
    expect(found('1')).toContain('Jamaica +1');
  });

  test('what was chosen is not offered again, nor is whoever shares its code', () => {
    expect(found('canada', ['1'])).toEqual([]);
    expect(found('+1', ['1'])).toEqual([]);
  });

  test('a code says whose it is, and nothing when nobody has it', () => {
    expect(namesOf('49', 'en')).toEqual(['Germany']);
    expect(namesOf('1', 'en')[0]).toBe('United States');
    expect(namesOf('999', 'en')).toEqual([]);
  });

  test('codes are as the server takes them, and no country is there twice', () => {
    for (const code of CODES.keys()) expect(code).toMatch(/^[1-9]\d{0,2}$/);
    const regions = [...CODES.values()].flat();
    expect(new Set(regions).size).toBe(regions.length);
    for (const code of CODES.keys()) for (const other of CODES.keys()) expect(code !== other && other.startsWith(code), `${code} ${other}`).toBe(false);
  });

  test('who calls out needs an endpoint and a country', () => {
    expect(missingRule(null)).toBeUndefined();
    expect(missingRule(FRESH_RULES)).toBe('field.error.required');
    expect(missingRule({ ...FRESH_RULES, endpoint_id: 3 })).toBe('callOut.countries.none');
    expect(missingRule({ ...FRESH_RULES, endpoint_id: 3, countries: ['49'] })).toBeUndefined();
  });
});
