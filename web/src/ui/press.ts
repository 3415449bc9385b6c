// What is shown when a field is left moves what is below it. While a pointer is pressed on that, it waits: a button that goes
// from under the pointer between press and release is not clicked.

const waiting: (() => void)[] = [];
let isPressed = false;

function released(): void {
  isPressed = false;
  // After the click, which comes with the release.
  setTimeout(() => {
    for (const run of waiting.splice(0)) run();
  });
}

addEventListener('pointerdown', () => (isPressed = true), { capture: true });
addEventListener('pointerup', released, { capture: true });
addEventListener('pointercancel', released, { capture: true });
// A list that opens under the pointer may keep the release to itself.
addEventListener('keydown', released, { capture: true });

/** At once, or once the pointer is let go. */
export function onceReleased(run: () => void): void {
  if (isPressed) waiting.push(run);
  else run();
}
