/** A method that a decorator stands at. */
export interface DecoratedMethod<Key extends string> {
  /** What the decorator says. */
  readonly key: Key;
  /** `Class.method` */
  readonly name: string;
}

/**
 * The methods by what their decorator says. Of two that say the same one would be lost without a word, and the jobs of
 * a queue without one would wait for ever: throws for both.
 */
export function oneMethodEach<Key extends string, Method extends DecoratedMethod<Key>>(
  decorator: string,
  methods: readonly Method[],
  keys: readonly Key[] = [],
): Map<Key, Method> {
  const byKey = new Map<Key, Method>();
  for (const method of methods) {
    const { key, name } = method;
    const other = byKey.get(key);
    if (other) {
      throw new Error(
        `@${decorator}('${key}') stands at ${other.name} and at ${name}: leave it at one of them.`,
      );
    }
    byKey.set(key, method);
  }
  const missing = keys.find((key) => !byKey.has(key));
  if (missing !== undefined) {
    throw new Error(
      `@${decorator}('${missing}') stands at no method: put it at the one that does the work, in a service that a ` +
        'module of AppModule provides.',
    );
  }
  return byKey;
}
