import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { decrypt, encrypt, type AssociatedData } from '../../../platform/encryption/encryption.js';
import type { QboCompany } from '../../api/model/qbo-company.js';

type TokenColumn = 'access_token_sealed' | 'refresh_token_sealed';

/** Encrypts and decrypts the tokens of a company. A token is in clear only in memory. */
@Injectable()
export class TokenVaultService {
  constructor(private readonly config: Config) {}

  encrypt(company: QboCompany, column: TokenColumn, token: string): string {
    return encrypt(token, placeOf(company, column), this.config.encryptionKeys);
  }

  /** Throws EncryptionError when the row was tampered with or its key is gone. */
  decrypt(company: QboCompany, column: TokenColumn, encrypted: string): string {
    return decrypt(encrypted, placeOf(company, column), this.config.encryptionKeys);
  }
}

function placeOf({ orgId, realmId }: QboCompany, column: TokenColumn): AssociatedData {
  return { table: 'qbo_tokens', column, orgId, row: realmId };
}
