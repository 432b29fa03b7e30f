import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../client/qbo-company.js';

/** Runs inside the transaction that connects a company; what it throws undoes the connection. */
export type ConnectedListener = (tx: EntityManager, company: QboCompany) => Promise<void>;

/** How the QuickBooks connection of one organisation stands. */
export interface ConnectionStatus {
  connected: boolean;
  needsReauth: boolean;
  realmId: string | null;
  env: QboCompany['env'] | null;
  companyName: string | null;
  expiresAt: Date | null;
  expired: boolean;
  refreshExpiresAt: Date | null;
  refreshHardExpiresAt: Date | null;
  lastCallAt: Date | null;
  lastError: string | null;
}

/** Which QuickBooks company belongs to which organisation. */
@Injectable()
export class ConnectionService {
  /** The company of an organisation; null when none is connected or it has to be connected again. */
  company(_orgId: number): Promise<QboCompany | null> {
    throw new Error('not built');
  }

  /** The company of an organisation. Throws QboError `not_connected` or `needs_reauth`. */
  requireCompany(_orgId: number): Promise<QboCompany> {
    throw new Error('not built');
  }

  status(_orgId: number): Promise<ConnectionStatus> {
    throw new Error('not built');
  }

  /** Every company that can be called now, in the order of their organisations. */
  connected(): Promise<QboCompany[]> {
    throw new Error('not built');
  }

  /** Has a listener called whenever a company is connected, also again. Register at start. */
  onConnected(_listener: ConnectedListener): void {
    throw new Error('not built');
  }
}
