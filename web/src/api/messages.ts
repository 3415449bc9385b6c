// The sound of a message that a caller left. Each time that it is fetched goes on record: once for each listener.
import { api, ask } from './client';

export async function messageSound(center: string, id: number): Promise<Blob> {
  return (await ask(api.GET('/{center}/contacts/{id}/message', { params: { path: { center, id } }, parseAs: 'blob' }))) as Blob;
}
