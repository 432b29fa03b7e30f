import { escapeHtml } from '../platform/http/html.js';

/** Of the paths that messages name, those that a browser can open by itself. */
const PAGES = [
  'qbo/oauth/start(?:\\?replace_company=true)?',
  'qbo/status/page',
  'inbox/page',
  'why/(?:proposals|customers)/\\d+',
];
const PATH = new RegExp(`(?<=^|[\\s(])/(?:${PAGES.join('|')})(?![\\w/?])`, 'g');

/** A sentence as HTML, in which each page of ours is a link to it. Pure. */
export function withPageLinks(text: string): string {
  return escapeHtml(text).replaceAll(PATH, (path) => `<a href="${path}">${path}</a>`);
}
