// Answers as they come: what the description of the API calls optional is there, and null where there is nothing.

export type Told<T> = T extends readonly (infer Item)[] ? Told<Item>[] : T extends object ? { [Key in keyof T]-?: Told<Exclude<T[Key], undefined>> } : T;
