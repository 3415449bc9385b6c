// The next part of a list that comes in parts, where there is one.
import { Button } from '@fluentui/react-components';
import type { ReactNode } from 'react';

interface Props {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
  text: string;
  className: string | undefined;
  /** What is said beside the button. */
  children?: ReactNode;
}

export function More({ list, text, className, children }: Props): ReactNode {
  if (!list.hasNextPage) return null;
  return (
    <div className={className}>
      <Button aria-busy={list.isFetchingNextPage} disabledFocusable={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {text}
      </Button>
      {children}
    </div>
  );
}
