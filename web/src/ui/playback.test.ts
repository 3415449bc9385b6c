// @vitest-environment node
import { expect, test } from 'vitest';
import { beginAt, lengthOf, messageLength, place, playerKey, within } from './playback';

test('a place in a message lies within it', () => {
  expect(within(-3, 23)).toBe(0);
  expect(within(30, 23)).toBe(23);
  expect(within(12.5, 23)).toBe(12.5);
  expect(within(Number.NaN, 23)).toBe(0);
});

test('what is played at its end begins at the start again', () => {
  expect(beginAt(23, 23)).toBe(0);
  expect(beginAt(22.9, 22.96)).toBe(0);
  expect(beginAt(22.8, 23)).toBe(22.8);
  expect(beginAt(0, 23)).toBe(0);
  expect(beginAt(0, 0)).toBe(0);
});

test('the length is that of the file, or what was told until the file is there', () => {
  expect(lengthOf(23, Number.NaN)).toBe(23);
  expect(lengthOf(23, Number.POSITIVE_INFINITY)).toBe(23);
  expect(lengthOf(23, 22.6)).toBe(22.6);
});

test('a message is never said to be of no length', () => {
  expect(messageLength(0.2)).toBe('0:01');
  expect(messageLength(23.4)).toBe('0:23');
  expect(messageLength(150)).toBe('2:30');
  expect(place(0)).toBe('0:00');
});

test('a key means the player, unless it means something to the part that has the focus', () => {
  expect(playerKey(' ', 'other')).toBe('toggle');
  expect(playerKey(' ', 'slider')).toBe('toggle');
  expect(playerKey(' ', 'button')).toBeNull();
  expect(playerKey(' ', 'choice')).toBeNull();
  expect(playerKey('ArrowLeft', 'slider')).toBe('back');
  expect(playerKey('ArrowRight', 'button')).toBe('forward');
  expect(playerKey('ArrowRight', 'choice')).toBeNull();
  expect(playerKey('k', 'other')).toBeNull();
});
