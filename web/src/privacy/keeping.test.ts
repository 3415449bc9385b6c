// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { PrivacyInput } from '../api/privacy';
import { inputOf, problemsOf, shortened } from './keeping';

const forGood: PrivacyInput = { agent_figures: 'each', keep_customers_days: null, keep_messages_days: null };

describe('how long what is personal is kept', () => {
  test('nothing means for good, and days are whole and within their limits', () => {
    expect(problemsOf(forGood)).toEqual([]);
    expect(problemsOf({ ...forGood, keep_customers_days: 1, keep_messages_days: 36_500 })).toEqual([]);
    expect(problemsOf({ ...forGood, keep_customers_days: 0, keep_messages_days: 36_501 })).toEqual(['keep_customers_days', 'keep_messages_days']);
    expect(problemsOf({ ...forGood, keep_messages_days: 1.5 })).toEqual(['keep_messages_days']);
  });

  test('a shorter time of customers erases something, a longer one and none do not', () => {
    expect(shortened(forGood, { ...forGood, keep_customers_days: 30 })).toEqual({ from: null, to: 30 });
    const days = { ...forGood, keep_customers_days: 30, keep_messages_days: 30 };
    expect(shortened(days, { ...days, keep_customers_days: 29 })).toEqual({ from: 30, to: 29 });
    expect(shortened(days, { ...days, keep_customers_days: 31 })).toBeNull();
    expect(shortened(days, forGood)).toBeNull();
    expect(shortened(days, { ...days, agent_figures: 'team' })).toBeNull();
  });

  test('messages keep the time that they came with', () => {
    expect(shortened(forGood, { ...forGood, keep_messages_days: 1 })).toBeNull();
  });

  test('what is sent has no version', () => {
    expect(inputOf({ version: 3, ...forGood })).toEqual(forGood);
  });
});
