// How an administrator's consent can have gone, as the browser comes back with it (B-038).
export const CONSENTS = ['granted', 'refused', 'forged'] as const;
