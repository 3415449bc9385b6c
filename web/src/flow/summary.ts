// What a step does, in the words of who built it: the text that is said, the queue, the hours. Names are those of the settings.
import { titleOf, useList } from '../admin/settings';
import type { FlowNode } from '../api/contract';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { isSilent } from './nodes';

/** One line about what a step does. */
export function useSummary(): (node: FlowNode) => string {
  const t = useT();
  const queues = useList('queues').data?.items ?? [];
  const schedules = useList('schedules').data?.items ?? [];
  const prompts = useList('prompts').data?.items ?? [];
  const flows = useList('flows').data?.items ?? [];
  const named = (items: readonly { id: number }[], id: number): string => titleOf(items.find((item) => item.id === id) ?? {});
  return (node) => {
    if (node.kind === 'http') return `${node.system} ${node.path}`.trim();
    if (node.kind === 'transfer') return isolated(node.to.number);
    if ('prompt' in node && node.prompt) {
      if ('prompt_id' in node.prompt) return isSilent(node.prompt) ? '' : t('flow.plays', { name: `\u2068${named(prompts, node.prompt.prompt_id)}\u2069` });
      return 'url' in node.prompt ? node.prompt.url : node.prompt.text;
    }
    if (node.kind === 'sub_flow') return named(flows, node.flow_id);
    if (node.kind === 'record') return t(node.action === 'start' ? 'flow.record.start' : 'flow.record.stop');
    if ('queue_id' in node) return named(queues, node.queue_id);
    if (node.kind === 'hours') return named(schedules, node.schedule_id);
    if (node.kind === 'branch') return node.attribute;
    if (node.kind === 'set') return node.attribute === '' ? '' : t('flow.set.summary', { attribute: node.attribute, value: node.value });
    return '';
  };
}
