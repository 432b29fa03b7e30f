import { createHash } from 'node:crypto';
import { firstCharacter } from '../../../platform/text/cut-text.js';
import { markup, Markup, type Part } from './markup.js';
import { PAGE_STYLE } from './page-style.js';

/** One whole page for a customer. */
export interface Frame {
  /** Shown in the tab. */
  title: string;
  /** Who speaks; null where no link tells. */
  company: string | null;
  /** Its picture, as a `data:` address. */
  logo?: string | null;
  /** What stands in the middle. */
  main: Part;
  footer?: Part;
  /** `split` has the lines beside what there is to do, where there is room. */
  layout: 'split' | 'alone';
  /** Asks for the page again after so many seconds. */
  refreshSeconds?: number;
}

/** The style block's own hash, by which the content security policy knows it. */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`;

/** The whole document. Works without scripts, fetches nothing. Pure. */
export function framedPage({ title, company, logo, main, footer, layout, refreshSeconds }: Frame): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
${refreshSeconds !== undefined && markup`<meta http-equiv="refresh" content="${refreshSeconds}">`}
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body class="${layout === 'alone' && 'alone'}">
<a class="skip" href="#main">Skip to the content</a>
${company !== null && letterhead(company, logo ?? null)}
<main id="main" class="${layout === 'split' && 'split'}" tabindex="-1">
${main}
</main>
${footer && markup`<footer>${footer}</footer>`}
</body>
</html>
`.html;
}

function letterhead(company: string, logo: string | null): Markup {
  const initial = firstCharacter(company.trim()).toUpperCase();
  return markup`<div class="top"><header>
${
  logo === null
    ? markup`<span class="badge" aria-hidden="true">${initial}</span>`
    : markup`<img class="logo" src="${logo}" alt="">`
}
<div><p class="company">${company}</p><p class="kind">Proposal</p></div>
</header></div>`;
}
