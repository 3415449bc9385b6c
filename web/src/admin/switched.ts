// A part of the settings that can be switched off: on again, it is as it was.
import { useState } from 'react';

export function useSwitched<V extends object>(value: V | null, fresh: () => V, change: (value: V | null) => void): (isOn: boolean) => void {
  const [kept, setKept] = useState(value);
  return (isOn) => {
    if (value) setKept(value);
    change(isOn ? (kept ?? fresh()) : null);
  };
}
