/** A document cannot be made before a person has decided about its customer. The message says what is to be decided. */
export class CustomerUndecidedError extends Error {
  override readonly name = 'CustomerUndecidedError';
}
