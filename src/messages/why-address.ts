/** Below this is what `GET …/why` answers, as a page: `/why/proposals/7`. */
export const WHY_PAGE_PATH = '/why';

/** The page that says why a proposal or a customer stands as it does. Pure. */
export function whyAddress(of: 'proposals' | 'customers', id: string | number): string {
  return `${WHY_PAGE_PATH}/${of}/${id}`;
}
