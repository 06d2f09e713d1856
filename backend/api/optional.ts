/** `T` with every optional property spelled `| undefined`: what an object literal can be filled with. */
export type Defined<T> = { [K in keyof Required<T>]: K extends OptionalKeys<T> ? T[K] | undefined : T[K] };
type OptionalKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];

/** `T` whose properties that may be `undefined` are optional instead. */
export type Dropped<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** A copy without the properties whose value is `undefined`, so that absent and undefined never differ. */
export function dropUndefined<T extends object>(object: T): Dropped<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Dropped<T>;
}
