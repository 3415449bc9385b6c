// How a sign-in to Teams can have gone, as the browser comes back with it (B-219).
export const CAME = ['done', 'refused', 'forged'] as const;
