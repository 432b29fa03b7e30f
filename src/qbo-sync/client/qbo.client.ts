import { Injectable } from '@nestjs/common';
import type { QboCompany } from './qbo-company.js';
import type {
  CustomerDraft,
  CustomerPatch,
  InvoiceDraft,
  ItemDraft,
  QboAccount,
  QboChanges,
  QboCompanyInfo,
  QboCustomer,
  QboInvoice,
  QboInvoicePage,
  QboItem,
  QboPayment,
  QboPreferences,
} from './qbo-objects.js';

/**
 * QuickBooks Online, one method per verb. Promise: an answer is read at the edge or a QboError says why not and what
 * to do about it; a write goes out under the requestid given, and under the same one when a 401 makes it go out twice.
 * Nothing is retried but that 401, and nothing is read again after a write.
 */
@Injectable()
export class QboClient {
  createCustomer(_company: QboCompany, _draft: CustomerDraft, _requestId: string): Promise<QboCustomer> {
    throw new Error('not built');
  }

  updateCustomer(_company: QboCompany, _patch: CustomerPatch, _requestId?: string): Promise<QboCustomer> {
    throw new Error('not built');
  }

  getCustomer(_company: QboCompany, _id: string): Promise<QboCustomer> {
    throw new Error('not built');
  }

  findCustomersByDisplayName(_company: QboCompany, _name: string): Promise<QboCustomer[]> {
    throw new Error('not built');
  }

  findCustomersByEmail(_company: QboCompany, _email: string): Promise<QboCustomer[]> {
    throw new Error('not built');
  }

  findItemByName(_company: QboCompany, _name: string): Promise<QboItem | null> {
    throw new Error('not built');
  }

  createItem(_company: QboCompany, _draft: ItemDraft, _requestId: string): Promise<QboItem> {
    throw new Error('not built');
  }

  findIncomeAccount(_company: QboCompany): Promise<QboAccount | null> {
    throw new Error('not built');
  }

  createInvoice(_company: QboCompany, _draft: InvoiceDraft, _requestId: string): Promise<QboInvoice> {
    throw new Error('not built');
  }

  getInvoice(_company: QboCompany, _id: string): Promise<QboInvoice> {
    throw new Error('not built');
  }

  findInvoicesByDocNumber(_company: QboCompany, _docNumber: string): Promise<QboInvoice[]> {
    throw new Error('not built');
  }

  findInvoicesByIds(_company: QboCompany, _ids: readonly string[]): Promise<QboInvoice[]> {
    throw new Error('not built');
  }

  findInvoicesUpdatedSince(
    _company: QboCompany,
    _since: Date,
    _startPosition: number,
  ): Promise<QboInvoicePage> {
    throw new Error('not built');
  }

  changesSince(_company: QboCompany, _since: Date): Promise<QboChanges> {
    throw new Error('not built');
  }

  getPayment(_company: QboCompany, _id: string): Promise<QboPayment> {
    throw new Error('not built');
  }

  voidInvoice(
    _company: QboCompany,
    _version: { id: string; syncToken: string },
    _requestId?: string,
  ): Promise<QboInvoice> {
    throw new Error('not built');
  }

  companyInfo(_company: QboCompany): Promise<QboCompanyInfo> {
    throw new Error('not built');
  }

  preferences(_company: QboCompany): Promise<QboPreferences> {
    throw new Error('not built');
  }
}
