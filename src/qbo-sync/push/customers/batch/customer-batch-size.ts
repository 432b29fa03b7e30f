/** Customers in one call of QuickBooks' batch: its own limit, and what a batch uses unless asked for less. */
export const CUSTOMER_BATCH_SIZE_MAX = 30;
