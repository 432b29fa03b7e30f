/** How a paid invoice was settled. */
export type SettledBy = 'cash' | 'credit' | 'mixed';
