/**
 * An object of an answer that could not be read, and which of its fields was wrong. `id` is `?` where even that is
 * missing.
 */
export interface Unreadable {
  entity: string;
  id: string;
  reason: string;
}
