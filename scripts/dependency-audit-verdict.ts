export interface AuditVerdict {
  failed: boolean;
  text: string;
}

const SEVERE = ['critical', 'high'] as const;
const MILD = ['moderate', 'low', 'info'] as const;

interface Report {
  metadata?: { vulnerabilities?: Record<string, number> };
  vulnerabilities?: Record<string, { severity?: string; range?: string }>;
  message?: string;
  error?: { summary?: string };
}

/** What the answer of `npm audit --json` means. Anything without counts is no answer, and no failure. Pure. */
export function auditVerdict(answer: string): AuditVerdict {
  const report = parsed(answer);
  const counts = report?.metadata?.vulnerabilities;
  if (!counts) {
    const why = [report?.error?.summary, report?.message].find((text) => text) ?? 'no answer';
    return { failed: false, text: `Dependency audit NOT RUN, so nothing is known: ${why.slice(0, 300)}` };
  }
  const severe = SEVERE.reduce((sum, severity) => sum + (counts[severity] ?? 0), 0);
  const mild = MILD.reduce((sum, severity) => sum + (counts[severity] ?? 0), 0);
  const names = Object.entries(report.vulnerabilities ?? {})
    .filter(([, { severity }]) => SEVERE.some((one) => one === severity))
    .map(([name, { range = '' }]) => `  ${name} ${range}`.trimEnd());
  const text = `Dependency audit: ${severe} high or critical, ${mild} lesser findings in what runs in production.`;
  return { failed: severe > 0, text: [text, ...names].join('\n') };
}

function parsed(answer: string): Report | null {
  try {
    const report: unknown = JSON.parse(answer);
    return typeof report === 'object' && report !== null ? report : null;
  } catch {
    return null;
  }
}
