import type { ProposalStatus } from '../proposals/proposal-lifecycle.js';
import type { OfferedLine } from '../proposals/proposal-amount.js';

export const DEMO_ORG = { id: 1, name: 'PeakPro Roofing' } as const;
export const DEMO_ADMIN = { email: 'admin@peakpro.io', fullName: 'Alex Morgan' } as const;

export interface DemoCustomer {
  id: number;
  email: string;
  fullName: string;
  phone: string;
}

/** A lead, or from its lines on a proposal. */
export interface DemoLead {
  id: number;
  status: ProposalStatus;
  name: string;
  customerId: number | null;
  source: string;
  notes?: string;
  lines?: readonly OfferedLine[];
}

export const DEMO_CUSTOMERS: readonly DemoCustomer[] = [
  { id: 1, email: 'maria.ruiz@example.com', fullName: 'Maria Ruiz', phone: '555-0111' },
  { id: 2, email: 'tom.becker@example.com', fullName: 'Tom Becker', phone: '555-0112' },
  { id: 3, email: 'office@aspenhoa.example.com', fullName: 'Aspen Ridge HOA', phone: '555-0113' },
  { id: 4, email: 'priya.nair@example.com', fullName: 'Priya Nair', phone: '555-0114' },
  { id: 5, email: 'dana.oconnor@example.com', fullName: "Dana O'Connor", phone: '555-0115' },
];

const tearOff = (squares: number): OfferedLine => ({
  description: 'Tear off and haul away old shingles, per square',
  quantity: squares,
  unitPriceCents: 12_500,
});

const shingles = (squares: number): OfferedLine => ({
  description: 'Architectural shingles, laid, per square',
  quantity: squares,
  unitPriceCents: 38_500,
});

const gutters = (feet: number): OfferedLine => ({
  description: 'Seamless gutter, per foot',
  quantity: feet,
  unitPriceCents: 1_175,
});

/** Something at each stage. Proposal 7 is approved and waits for its deposit. */
export const DEMO_LEADS: readonly DemoLead[] = [
  {
    id: 1,
    status: 'lead',
    name: 'Leak above the garage, 88 Birch Street',
    customerId: null,
    source: 'Phone',
    notes: 'Called twice. Wants someone to look at it before the weekend.',
  },
  {
    id: 2,
    status: 'draft',
    name: 'Roof replacement, 412 Aspen Way',
    customerId: 1,
    source: 'Website',
    lines: [tearOff(24.5), shingles(24.5)],
  },
  { id: 3, status: 'lead', name: 'Hail inspection, 9 Quarry Road', customerId: 4, source: 'Referral' },
  {
    id: 4,
    status: 'draft',
    name: 'Gutters, building C',
    customerId: 3,
    source: 'Repeat customer',
    lines: [
      gutters(318),
      { description: 'Downspout, installed', quantity: 8, unitPriceCents: 9_500 },
      { description: 'Repeat customer discount', quantity: 1, unitPriceCents: -25_000 },
    ],
  },
  {
    id: 5,
    status: 'approved',
    name: 'Skylight flashing, 17 Orchard Lane',
    customerId: 2,
    source: 'Referral',
    lines: [{ description: 'Reflash skylight, two units', quantity: 2, unitPriceCents: 64_000 }],
  },
  {
    id: 6,
    status: 'cancelled',
    name: 'Solar-ready roof, 230 Mesa Drive',
    customerId: 4,
    source: 'Trade fair',
    lines: [tearOff(31), shingles(31)],
  },
  {
    id: 7,
    status: 'approved',
    name: 'Storm repair and new ridge, 5 Summit Court',
    customerId: 5,
    source: 'Website',
    notes: 'Insurance has approved the claim.',
    lines: [
      tearOff(18.25),
      shingles(18.25),
      { description: 'Ridge vent, per foot', quantity: 46.5, unitPriceCents: 1_450 },
      { description: 'Permit and inspection', quantity: 1, unitPriceCents: 32_500 },
    ],
  },
  { id: 8, status: 'lead', name: 'Flat roof over the workshop', customerId: 2, source: 'Repeat customer' },
  {
    id: 9,
    status: 'draft',
    name: 'Clubhouse roof, phase 1',
    customerId: 3,
    source: 'Tender',
    lines: [tearOff(62), shingles(62), gutters(240)],
  },
  { id: 10, status: 'lead', name: 'Moss treatment, 61 Fern Hollow', customerId: null, source: 'Website' },
];
