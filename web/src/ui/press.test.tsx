import { cleanup, fireEvent, render } from '@testing-library/react';
import { useState, type ReactNode } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { onceReleased } from './press';

function Form({ clicked }: { clicked: () => void }): ReactNode {
  const [isLeft, setLeft] = useState(false);
  return (
    <>
      <input onBlur={() => onceReleased(() => setLeft(true))} />
      {isLeft ? <p>This is needed.</p> : null}
      <button onClick={clicked}>Next</button>
    </>
  );
}
afterEach(cleanup);

test('an error that leaving a field brings does not move a button from under the pointer', async () => {
  const clicked = vi.fn();
  const { getByRole, queryByText, findByText } = render(<Form clicked={clicked} />);
  const [field, button] = [getByRole('textbox'), getByRole('button')];
  fireEvent.pointerDown(button);
  fireEvent.blur(field);
  expect(queryByText('This is needed.')).toBeNull();
  fireEvent.pointerUp(button);
  fireEvent.click(button);
  expect(clicked).toHaveBeenCalledOnce();
  expect(await findByText('This is needed.')).toBeTruthy();
});

test('an error is shown at once when a field is left with a key', () => {
  const { getByRole, getByText } = render(<Form clicked={() => undefined} />);
  fireEvent.blur(getByRole('textbox'));
  expect(getByText('This is needed.')).toBeTruthy();
});
