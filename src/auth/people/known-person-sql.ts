/** What an organisation calls somebody it forgot; `id` is SQL. */
export const formerEmail = (id: string): string => `'erased-' || ${id} || '@erased.invalid'`;
export const FORMER_NAME = `'Former person'`;

/**
 * E-mail and name of a person `u` as the organisation of their membership `m` knows them: who was erased there may be
 * somebody elsewhere, and it is not told who.
 */
export const KNOWN_EMAIL = `case when m.erased_at is null then u.email else ${formerEmail('u.id')} end`;
export const KNOWN_NAME = `case when m.erased_at is null then u.full_name else ${FORMER_NAME} end`;
