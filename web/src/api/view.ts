// Seeing Tandem as another account does, over the API: begun by an administrator, ended by them or by time.
import { ask, loose } from './client';

/** Who looks, and until when; the account of `Me` is then the one that is looked as. */
export interface View {
  by: { id: number; username: string; name: string | null };
  until: string;
}

export async function beginView(center: string, id: number): Promise<void> {
  await ask(loose.POST('/{center}/accounts/{id}/view', { params: { path: { center, id } } }));
}

export async function endView(center: string): Promise<void> {
  await ask(loose.DELETE('/{center}/view', { params: { path: { center } } }));
}
