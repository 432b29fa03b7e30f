import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { open, seal, type SealedPlace } from '../../sealing/seal.js';
import type { QboCompany } from '../client/qbo-company.js';

type TokenColumn = 'access_token_sealed' | 'refresh_token_sealed';

/** Seals and opens the tokens of a company. A token is in clear only in memory. */
@Injectable()
export class TokenVault {
  constructor(private readonly config: Config) {}

  seal(company: QboCompany, column: TokenColumn, token: string): string {
    return seal(token, placeOf(company, column), this.config.encryptionKeys);
  }

  /** Throws SealError when the row was tampered with or its key is gone. */
  open(company: QboCompany, column: TokenColumn, sealed: string): string {
    return open(sealed, placeOf(company, column), this.config.encryptionKeys);
  }
}

function placeOf({ orgId, realmId }: QboCompany, column: TokenColumn): SealedPlace {
  return { table: 'qbo_tokens', column, orgId, row: realmId };
}
