import { type AlertText, alertText } from './alert-text.js';
import type { Audience, Incident } from './incident.js';
import { isQuiet } from './quiet-hours.js';

/** An incident that has something to tell, with whom it concerns. */
export interface PendingIncident {
  incident: Incident;
  audience: Audience;
}

export interface Channels {
  slack: boolean;
  /** False where the installation names no mail server. */
  mail: boolean;
  /** Who gets the e-mail of organisations without an address of their own. */
  emailTo: string | undefined;
}

export type Address = { channel: 'slack'; recipient: null } | { channel: 'email'; recipient: string };

/** One message for one organisation, to be sent to each address. */
export interface AlertNotification extends AlertText {
  /** Null where it is about the whole installation. */
  orgId: number | null;
  incidents: readonly Incident[];
  addresses: readonly Address[];
}

/**
 * What is told now: everything of one organisation in one message. In its quiet hours all waits but a connection that
 * is lost, because from then on nothing reaches the books. Who can be told nowhere is told later. Pure.
 */
export function notificationsOf(
  pending: readonly PendingIncident[],
  channels: Channels,
  now: Date,
): AlertNotification[] {
  const byOrg = Map.groupBy(pending, ({ incident }) => incident.orgId);
  return [...byOrg].flatMap(([orgId, all]) => {
    const { audience } = all[0]!;
    const addresses = addressesOf(audience, channels);
    const quiet = isQuiet(now, audience.timeZone, audience.quietHours);
    const incidents = all.map(({ incident }) => incident).filter((incident) => !quiet || isUrgent(incident));
    if (incidents.length === 0 || addresses.length === 0) return [];
    return [{ orgId, incidents, addresses, ...alertText(incidents, audience) }];
  });
}

function isUrgent({ kind, closedAt }: Incident): boolean {
  return kind === 'connection_lost' && closedAt === null;
}

function addressesOf({ email, hasSlack }: Audience, { slack, mail, emailTo }: Channels): Address[] {
  const recipient = email ?? emailTo;
  return [
    ...(slack || hasSlack ? [{ channel: 'slack', recipient: null } as const] : []),
    ...(mail && recipient !== undefined ? [{ channel: 'email', recipient } as const] : []),
  ];
}
