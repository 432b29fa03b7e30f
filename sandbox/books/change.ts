/** One change in a company's books as QBO would announce it: the ground of webhooks. */
export interface Change {
  realmId: string;
  /** Entity name as in the API: `Invoice`, `Payment`, `Customer`. */
  entity: string;
  id: string;
  operation: 'Create' | 'Update' | 'Delete' | 'Merge' | 'Void' | 'Emailed';
  at: Date;
  /** The Id that lost, when two name records were merged. */
  deletedId?: string;
}
