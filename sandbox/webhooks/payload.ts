import type { Switches } from '../switches.ts';
import type { Change } from '../books/change.ts';
import type { Endpoint, Notification } from './notification.ts';

/** What only the running sandbox knows about its events. */
export interface PayloadContext {
  /** `intuit.` and base64 of 32 bytes; one per sandbox. */
  source: string;
  voidWord: Switches['webhookVoidWord'];
}

function pastOf(operation: Change['operation'], voidWord: string): string {
  const words = {
    Create: 'created',
    Update: 'updated',
    Delete: 'deleted',
    Merge: 'merged',
    Emailed: 'emailed',
    Void: voidWord,
  };
  return words[operation];
}

function cloudEvent({ eventId, change }: Notification, { source, voidWord }: PayloadContext): object {
  return {
    specversion: '1.0',
    id: eventId,
    source,
    type: `qbo.${change.entity.toLowerCase()}.${pastOf(change.operation, voidWord)}.v1`,
    datacontenttype: 'application/json',
    // Intuit writes nanoseconds; a Date only knows the first three of the nine digits.
    time: change.at.toISOString().replace('Z', '000000Z'),
    intuitentityid: change.id,
    intuitaccountid: change.realmId,
    data: change.deletedId === undefined ? {} : { deletedid: change.deletedId },
  };
}

function legacyNotifications(notifications: readonly Notification[]): object {
  const byRealm = Map.groupBy(notifications, ({ change }) => change.realmId);
  return {
    eventNotifications: [...byRealm].map(([realmId, ofRealm]) => ({
      realmId,
      dataChangeEvent: {
        entities: ofRealm.map(({ change }) => ({
          name: change.entity,
          id: change.id,
          operation: change.operation,
          lastUpdated: change.at.toISOString(),
          ...(change.deletedId !== undefined && { deletedId: change.deletedId }),
        })),
      },
    })),
  };
}

/**
 * The body of one POST: a CloudEvents array, or the classic `eventNotifications`. Several companies may share
 * it. Pure.
 */
export function payloadOf(
  notifications: readonly Notification[],
  format: Endpoint['format'],
  context: PayloadContext,
): string {
  return JSON.stringify(
    format === 'legacy'
      ? legacyNotifications(notifications)
      : notifications.map((notification) => cloudEvent(notification, context)),
  );
}
