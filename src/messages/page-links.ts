import { escapeHtml } from '../platform/http/html.js';
import { connectingFor } from './connect-address.js';

/** Of the paths that messages name, those that a browser can open by itself. */
const PAGES = [
  'qbo/oauth/start(?:\\?replace_company=true)?',
  'qbo/status/page',
  'inbox/page',
  'why/(?:proposals|customers)/\\d+',
];
const PATH = new RegExp(`(?<=^|[\\s(])/(?:${PAGES.join('|')})(?![\\w/?])`, 'g');

/** A sentence for an organisation as HTML, in which each page of ours is a link to it. Pure. */
export function withPageLinks(text: string, orgId: number): string {
  const link = (path: string) => `<a href="${escapeHtml(connectingFor(orgId, path))}">${path}</a>`;
  return escapeHtml(text).replaceAll(PATH, link);
}
