import type { ConnectionStatus } from '../../connection/connection.service.js';
import type { Freshness } from '../../pull/change-feed/sync-cursors.repository.js';
import type { ConnectionStatusView } from './status.dto.js';

/** Of a company that is not connected only id, environment and name. */
export function connectionStatusView(
  status: ConnectionStatus,
  freshness: Freshness | null,
): ConnectionStatusView {
  const { connected, needsReauth, connection, expired } = status;
  const base = { connected, needs_reauth: needsReauth };
  if (connection === null) return base;
  const known = {
    ...base,
    realm_id: connection.realmId,
    env: connection.env,
    company_name: connection.companyName,
  };
  if (!connected) return { ...known, last_error: connection.lastError };
  return {
    ...known,
    expires_at: connection.accessExpiresAt?.toISOString() ?? null,
    expired,
    refresh_expires_at: connection.refreshExpiresAt?.toISOString() ?? null,
    refresh_hard_expires_at: connection.refreshHardExpiresAt?.toISOString() ?? null,
    last_call_at: connection.lastCallAt?.toISOString() ?? null,
    last_sweep_at: freshness?.polledAt?.toISOString() ?? null,
    next_sweep_at: freshness?.nextPollAt.toISOString() ?? null,
    last_webhook_at: freshness?.webhookAt?.toISOString() ?? null,
    last_compared_at: freshness?.comparedAt?.toISOString() ?? null,
    last_error: connection.lastError,
  };
}
