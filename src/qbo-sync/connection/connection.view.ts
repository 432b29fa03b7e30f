import type { Connected } from './connect.service.js';
import type { ConnectedView } from './connection.dto.js';

export function connectedView({ company }: Connected): ConnectedView {
  return { status: 'connected', realm_id: company.realmId, env: company.env, org_id: company.orgId };
}
