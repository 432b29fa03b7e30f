import type { TimelineItem } from './timeline-facts.js';
import type { TimelineView } from './timeline.dto.js';

export function timelineView(items: readonly TimelineItem[]): TimelineView {
  return {
    items: items.map(({ at, event, source, requestId, intuitTid, before, after, actor }) => ({
      at: at.toISOString(),
      event,
      source,
      request_id: requestId,
      intuit_tid: intuitTid,
      before,
      after,
      actor: actor && { id: actor.id, full_name: actor.fullName },
    })),
  };
}
