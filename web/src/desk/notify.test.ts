import { afterEach, expect, test, vi } from 'vitest';
import { notify } from './notify';

const shown = vi.fn();
class Desktop {
  static permission = 'granted';
  onclick: (() => void) | null = null;
  close = vi.fn();
  constructor(text: string, options: NotificationOptions) {
    shown(text, options.tag);
  }
}
const hide = (state: string): void => void vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state as DocumentVisibilityState);
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  shown.mockClear();
  Desktop.permission = 'granted';
});

test('the desktop is told while the page is hidden, and a click leads back to it', () => {
  vi.stubGlobal('Notification', Desktop);
  const focus = vi.spyOn(window, 'focus').mockImplementation(() => undefined);
  hide('hidden');
  const it = notify('Sam set you to not ready', 'directed') as unknown as Desktop;
  expect(shown).toHaveBeenCalledExactlyOnceWith('Sam set you to not ready', 'directed');
  it.onclick?.();
  expect(focus).toHaveBeenCalledOnce();
  expect(it.close).toHaveBeenCalledOnce();
});

test('nothing is shown of a page that is seen, without permission, or where there is no desktop', () => {
  hide('hidden');
  expect(notify('x', 'y')).toBeUndefined();
  vi.stubGlobal('Notification', Desktop);
  Desktop.permission = 'default';
  expect(notify('x', 'y')).toBeUndefined();
  Desktop.permission = 'granted';
  hide('visible');
  expect(notify('x', 'y')).toBeUndefined();
  expect(shown).not.toHaveBeenCalled();
});
