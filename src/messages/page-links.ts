import { escapeHtml } from '../platform/http/pages/html.js';
import { addressedTo, PAGE_ADDRESS } from './organisation-address.js';

/** A sentence for an organisation as HTML, in which each page of ours is a link to it. Pure. */
export function withPageLinks(text: string, orgId: number): string {
  return escapeHtml(text).replaceAll(PAGE_ADDRESS, (path) => pageLink(path, orgId, path));
}

/** A link to a page of ours about an organisation. Pure. */
export function pageLink(path: string, orgId: number, text: string): string {
  return `<a href="${escapeHtml(addressedTo(orgId, path))}">${escapeHtml(text)}</a>`;
}
