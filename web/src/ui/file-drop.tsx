// Where a file is chosen or dropped. What is done with it is the caller's.
import { Button } from '@fluentui/react-components';
import { ArrowUploadRegular } from '@fluentui/react-icons/svg/arrow-upload';
import { useRef, useState, type DragEvent, type ReactNode, type Ref } from 'react';
import css from './file-drop.module.css';

interface Props {
  button?: Ref<HTMLButtonElement>;
  /** What the button says, and its whole name. */
  choose: string;
  label: string;
  drop: string;
  takes: string;
  /** Endings and media types of the files that are offered. */
  accept: string;
  take: (file: File) => void;
}

export function FileDrop({ button, choose, label, drop, takes, accept, take }: Props): ReactNode {
  const picker = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const dropped = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    const file = event.dataTransfer.files[0];
    if (file) take(file);
  };
  return (
    <div
      className={css.drop}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={dropped}
    >
      <Button ref={button} icon={<ArrowUploadRegular />} aria-label={label} onClick={() => picker.current?.click()}>
        {choose}
      </Button>
      <span>{drop}</span>
      <span className={css.takes}>{takes}</span>
      <input
        ref={picker}
        type="file"
        hidden
        accept={accept}
        aria-label={label}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) take(file);
        }}
      />
    </div>
  );
}
