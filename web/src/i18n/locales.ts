// The locales beside English: they come whole, in the parts that English comes in.
import type en from 'virtual:messages/en';

export type Messages = typeof en;

const LOADERS = {
  'en-XA': () => [
    import('virtual:messages/en-XA'),
    import('virtual:messages/en-XA/administration'),
    import('virtual:messages/en-XA/callbacks'),
    import('virtual:messages/en-XA/commands'),
    import('virtual:messages/en-XA/directory'),
    import('virtual:messages/en-XA/health'),
    import('virtual:messages/en-XA/integration'),
    import('virtual:messages/en-XA/past'),
    import('virtual:messages/en-XA/transfer'),
    import('virtual:messages/en-XA/trunks'),
  ],
  'ar-XB': () => [
    import('virtual:messages/ar-XB'),
    import('virtual:messages/ar-XB/administration'),
    import('virtual:messages/ar-XB/callbacks'),
    import('virtual:messages/ar-XB/commands'),
    import('virtual:messages/ar-XB/directory'),
    import('virtual:messages/ar-XB/health'),
    import('virtual:messages/ar-XB/integration'),
    import('virtual:messages/ar-XB/past'),
    import('virtual:messages/ar-XB/transfer'),
    import('virtual:messages/ar-XB/trunks'),
  ],
} as const;

export async function messagesOf(locale: keyof typeof LOADERS): Promise<Messages> {
  const parts = await Promise.all(LOADERS[locale]());
  return Object.assign({}, ...parts.map((part) => part.default)) as Messages;
}
