/**
 * What services register at a start, each under a key of its own, in the order they came. Of two under one key one
 * would be lost without a word, so the second is refused, and the start fails with it.
 */
export class Registrations<T, Key extends string = string> {
  private readonly byKey = new Map<Key, T>();

  /** `what` completes “Two services …” with the key after it. */
  constructor(private readonly what: string) {}

  add(key: Key, one: T): void {
    if (this.byKey.has(key)) throw new Error(`Two services ${this.what} ${key}.`);
    this.byKey.set(key, one);
  }

  /** Of a service that registers itself: under its class, so that a second instance of it is found, too. */
  addOf(service: object, one: T): void {
    this.add(service.constructor.name as Key, one);
  }

  get(key: Key): T | undefined {
    return this.byKey.get(key);
  }

  keys(): Key[] {
    return [...this.byKey.keys()];
  }

  all(): T[] {
    return [...this.byKey.values()];
  }

  entries(): [Key, T][] {
    return [...this.byKey];
  }
}
