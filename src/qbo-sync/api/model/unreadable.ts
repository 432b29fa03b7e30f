/**
 * An object of an answer that could not be read, and which of its fields was wrong. `id` is `?` where even that is
 * missing.
 */
export interface Unreadable {
  entity: string;
  id: string;
  reason: string;
  /** Its note: left out where it has none, null where that cannot be read either. */
  privateNote?: string | null;
}

/** Rows that could be read, and the others: one that cannot be read does not keep the others from whoever asked. */
export interface ReadRows<T> {
  read: T[];
  unreadable: Unreadable[];
}
