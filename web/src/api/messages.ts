// The sound of a message that a caller left. Each time that it is fetched goes on record: once for each listener.
import { api, ask } from './client';

// The generated paths do not hold this yet: it is asked for by its name.
type Loose = (path: string, options: unknown) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

export async function messageSound(center: string, id: number): Promise<Blob> {
  const get = api.GET as unknown as Loose;
  return (await ask(get('/{center}/contacts/{id}/message', { params: { path: { center, id } }, parseAs: 'blob' }))) as Blob;
}
