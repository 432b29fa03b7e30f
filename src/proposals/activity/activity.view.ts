import type { Activity } from './activity.entity.js';
import type { ActivityView } from './activity-view.dto.js';

/** Shows a log entry. */
export function activityView(activity: Activity): ActivityView {
  return {
    id: activity.id,
    event: activity.event,
    meta: activity.meta,
    created_at: activity.createdAt.toISOString(),
  };
}
