import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Bars, type Bar } from './bars';

afterEach(cleanup);
const bar = (i: number, height: number | null): Bar => ({ height, name: `${i}:00`, value: height === null ? '–' : String(height) });

test('a few intervals have their values and their times each', () => {
  const { container } = render(<Bars title="Offered" label="Offered by interval" bars={[bar(9, 4), bar(10, null), bar(11, 8)]} />);
  expect([...container.querySelectorAll('bdi')].map((it) => it.textContent)).toEqual(['4', '–', '8', '9:00', '10:00', '11:00']);
  // Of an interval of which there is nothing to tell nothing is drawn.
  const drawn = [...screen.getByRole('img', { name: 'Offered by interval' }).querySelectorAll('rect')];
  expect(drawn.map((it) => [it.getAttribute('height'), it.querySelector('title')?.textContent])).toEqual([
    ['30', '9:00: 4'],
    ['60', '11:00: 8'],
  ]);
});

test('of many, the ends have their times, and full height its value', () => {
  const many = Array.from({ length: 24 }, (_, i) => bar(i, i));
  const { container, rerender } = render(<Bars title="Offered" label="Offered" bars={many} />);
  expect(container.textContent).toBe('Offered23' + many.map(({ name, value }) => `${name}: ${value}`).join('') + '0:0023:00');
  rerender(<Bars title="Service level" label="Service level" bars={many} top={{ height: 1000, value: '100 %' }} />);
  expect(container.textContent).toContain('Service level100 %');
});

test('none and one are drawn, too', () => {
  const { container, rerender } = render(<Bars title="Offered" label="Offered" bars={[]} />);
  expect(container.querySelectorAll('rect')).toHaveLength(0);
  rerender(<Bars title="Offered" label="Offered" bars={[bar(9, 0)]} />);
  expect(container.querySelector('rect')?.getAttribute('height')).toBe('0');
});
