import { csvLine, type CsvValue } from '../../platform/text/csv.js';
import type { PackView } from './period.dto.js';

const HEAD = [
  'section',
  'proposal_id',
  'currency',
  'kind',
  'item',
  'source_kind',
  'source_id',
  'event_on',
  'cents',
  'timeline',
];

/**
 * A pack as one CSV file: a line for each figure and for each document, told apart by `section`. No line adds up others
 * of its section. Pure.
 */
export function closePackCsv(view: PackView): string {
  const { figures } = view;
  const lines: CsvValue[][] = [HEAD];
  for (const section of ['earned', 'received', 'tax', 'bad_debts', 'lost'] as const) {
    for (const { currency, item, cents } of figures[section]) {
      lines.push([section, null, currency, null, item, null, null, null, cents, null]);
    }
  }
  for (const section of ['deferred', 'receivables'] as const) {
    for (const { proposal_id, timeline, currency, ...amounts } of figures[section]) {
      for (const [kind, cents] of Object.entries(amounts)) {
        lines.push([
          section,
          proposal_id,
          currency,
          kind.replace('_cents', ''),
          null,
          null,
          null,
          null,
          cents,
          timeline,
        ]);
      }
    }
  }
  for (const section of ['adjustments', 'documents'] as const) {
    for (const one of figures[section]) {
      const { proposal_id, currency, kind, item, source_kind, source_id, event_on, cents, timeline } = one;
      const source = [source_kind, source_id, event_on];
      lines.push([section, proposal_id, currency, kind, item, ...source, cents, timeline]);
    }
  }
  return lines.map(csvLine).join('');
}
