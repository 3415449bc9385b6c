// What the desktop shows of news while the page is hidden, where the agent allowed it. Permission is asked for by a button of the desk alone.

/** Nothing is shown while the page is seen. The tag has a second tab replace what the first one showed instead of adding to it. */
export function notify(text: string, tag: string): Notification | undefined {
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted' || document.visibilityState !== 'hidden') return undefined;
  const shown = new Notification(text, { tag, requireInteraction: true });
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
  return shown;
}
