import { createHash } from 'node:crypto';

/** The content type of a page. */
export const HTML = 'text/html; charset=utf-8';

/**
 * A whole page of the product for a browser without scripts. Pure.
 * `title` is text and is escaped; `body` is HTML and is taken as it is: escape every value in it with `escapeHtml`.
 * In the body: `<h1>`, `<p>`, `<p class="quiet">`, `<p class="notice">`, `<p class="notice bad">`, `<dl>`,
 * `<form>` with `<label>`, `<input>` and `<button>`, `<button class="minor">`, `<a class="button">`,
 * `<h2>`, `<ul class="rows">`, `<div class="deeds">` of forms.
 */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · PeakPro CRM</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="brand">PeakPro <span>CRM</span></p>
<section class="card">
${body}
</section>
</main>
</body>
</html>
`;
}

/** A page of the product that says one thing and leads on. Pure. */
export function noticePage(title: string, text: string, onward: { text: string; href: string }): string {
  return page(
    title,
    `<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
<a class="button" href="${escapeHtml(onward.href)}">${escapeHtml(onward.text)}</a>`,
  );
}

/** Text as it may stand in HTML, between tags or inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Light and dark, phone and desk, nothing to fetch. */
const STYLE = `
:root { color-scheme: light dark;
  --ground: #f3f5f8; --card: #fff; --ink: #1a2433; --quiet: #586678; --line: #d9dfe7;
  --accent: #1f5fbf; --accent-ink: #fff; --bad: #a8321f; --bad-ground: #fbe9e6; --good-ground: #e8f0fc; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #10151c; --card: #19212b; --ink: #e4eaf2; --quiet: #94a3b5; --line: #2d3846;
  --accent: #6ea8ff; --accent-ink: #07172e; --bad: #ff9484; --bad-ground: #3a1c18; --good-ground: #18273d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system,
"Segoe UI", Roboto, sans-serif; }
main { max-width: 27rem; margin: 0 auto; padding: 9vh 1rem 3rem; }
.brand { font-weight: 700; font-size: 1.15rem; margin: 0 0 1rem; text-align: center; } .brand span { color:
var(--accent); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.8rem;
box-shadow: 0 1px 3px rgb(0 0 0 / .06); }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 .4rem; } p { margin: .5rem 0; }
.quiet { color: var(--quiet); font-size: .92rem; } a { color: var(--accent); }
.notice { background: var(--good-ground); border-radius: 8px; padding: .6rem .8rem; } .notice.bad { background:
var(--bad-ground); color: var(--bad); }
dl { display: grid; grid-template-columns: auto 1fr; gap: .3rem 1rem; margin: 1rem 0; } dt { color:
var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
label { display: block; margin: 1rem 0 0; font-weight: 600; font-size: .92rem; }
input { display: block; width: 100%; margin-top: .3rem; font: inherit; font-weight: 400; color: inherit;
background: var(--ground); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .7rem; }
button, a.button { display: block; width: 100%; margin-top: 1.4rem; padding: .7rem 1rem; font: inherit;
font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
  color: var(--accent-ink); background: var(--accent); border: 0; border-radius: 8px; }
button.minor { width: auto; margin: 0; padding: .35rem .8rem; color: var(--accent); background: transparent;
border: 1px solid var(--line); }
h2 { font-size: 1.1rem; line-height: 1.3; margin: 2rem 0 .4rem; padding-top: 1.4rem;
border-top: 1px solid var(--line); }
ul.rows { list-style: none; margin: .8rem 0 0; padding: 0; } ul.rows li { display: flex; gap: 1rem;
align-items: center; justify-content: space-between; padding: .6rem 0; overflow-wrap: anywhere; }
ul.rows li + li { border-top: 1px solid var(--line); } ul.rows form, ul.rows b { flex: none; }
h2, .notice { overflow-wrap: anywhere; }
dd button.minor { margin-top: .4rem; }
.deeds { display: flex; flex-wrap: wrap; gap: .6rem; margin: .8rem 0; }
.deeds form { display: flex; flex-wrap: wrap; gap: .4rem; }
.deeds input { width: 11rem; margin: 0; padding: .3rem .6rem; }
@media (max-width: 26rem) { .card { padding: 1.3rem; } }
button:hover, a.button:hover { filter: brightness(1.08); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

/** The style block's own hash, by which the content security policy knows it. */
export const PAGE_STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
