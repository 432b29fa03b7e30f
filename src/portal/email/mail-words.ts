import type { CompanyPapers } from '../../orgs/settings/org-settings.service.js';
import { cutText } from '../../platform/text/cut-text.js';

const SUBJECT_MAX = 180;

/** How a company is reached, in one line; null where its papers say nothing of it. Pure. */
export function reachText({ phone, address }: CompanyPapers): string | null {
  const ways = [phone, address?.replaceAll(/\s*\n\s*/g, ', ')].filter((one) => one != null);
  return ways.length === 0 ? null : ways.join(' · ');
}

/** The subject of a mail, in one line that is not too long. Pure. */
export function subjectLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return cutText(line, SUBJECT_MAX, '…');
}
