/** The architecture as a test: who may import whom. `npm run architecture` checks it. */
const features =
  'audit|auth|orgs|inbox|customers|currencies|invoices|contracts|proposals|change-orders|payments|portal|qbo-sync|reports|bills|revenue|privacy|seed|health|alerts'; // health takes contributions of every feature
const role =
  '\\.(module|controller|service|repository|entity|client|processor|guard|filter|pipe|dto|decorator|strategy|interceptor|middleware|cli|spec)\\.ts$';

/** `from` may import, of the features, only these, and of others these files. */
const onlyFeatures = (from, allowed, files = []) => ({
  name: `${from}-imports-only-${allowed.join('-') || 'platform'}`,
  comment: `The features build on each other in one direction: auth, orgs, currencies, inbox, customers, invoices, contracts, proposals, change-orders, payments; portal and qbo-sync on top.`,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: {
    path: `^src/(${features})/`,
    pathNot: [
      ...[from, 'health', 'audit', ...allowed].map((feature) => `^src/${feature}/`),
      ...files.map((file) => `^src/${file}$`),
    ],
  },
});

/** The rooms of qbo-sync, lowest first: each may import those before it, and `pull` and `push` their own folders in this order. */
const ROOMS = [
  'api',
  'connection',
  'operations',
  'pull/currencies',
  'pull/preflight',
  'pull/documents',
  'pull/invoices',
  'pull/credits',
  'pull/customers',
  'pull/reconciliation',
  'pull/change-feed',
  'pull/webhooks',
  'pull',
  'push/customers/profile',
  'push/customers',
  'push/invoices/references',
  'push/invoices/draft',
  'push/invoices/create',
  'push/invoices/void',
  'push/invoices',
  'push/payments',
  'push/credits',
  'push',
  'resolution',
  'diagnostics',
];
/** Which states of an operation stand together is said once, in a file that imports nothing: any room may ask. */
const STATES = '^src/qbo-sync/operations/operation-state\\.ts$';
const insideOf = (room) => `^src/qbo-sync/${room}/${/^(pull|push)$/.test(room) ? '[^/]+$' : ''}`;
const qboRooms = [
  ...ROOMS.map((room, place) => ({
    name: `qbo-sync-${room.replaceAll('/', '-')}-imports-only-rooms-below`,
    severity: 'error',
    from: { path: insideOf(room) },
    to: { path: '^src/qbo-sync/', pathNot: [STATES, ...ROOMS.slice(0, place + 1).map(insideOf)] },
  })),
  {
    name: 'resolution-and-diagnostics-do-not-know-each-other',
    severity: 'error',
    from: { path: '^src/qbo-sync/diagnostics/' },
    to: { path: '^src/qbo-sync/resolution/' },
  },
];

/** Folders whose rooms build on each other, lowest first; what lies beside the rooms may know all of them. */
const FURNISHED = {
  jobs: ['leases', 'queue', 'timers', 'handlers', 'retention'],
  'platform/database': ['statements', 'failures', 'scope', 'embedded', 'schema'],
  proposals: ['rows', 'activity', 'views', 'approval', 'leads'],
  'qbo-sync/api/mappers': ['queries', 'reading', 'writing'],
  'qbo-sync/operations': ['rows', 'questions'],
};
const roomsInOrder = Object.entries(FURNISHED).flatMap(([folder, rooms]) =>
  rooms.slice(0, -1).map((room, place) => ({
    name: `${folder.replaceAll('/', '-')}-${room}-imports-no-room-above`,
    severity: 'error',
    from: { path: `^src/${folder}/${room}/`, pathNot: '\\.spec\\.ts$' },
    to: { path: `^src/${folder}/(${rooms.slice(place + 1).join('|')})/` },
  })),
);

export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Not of types either.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...qboRooms,
    ...roomsInOrder,
    {
      name: 'the-inner-modules-of-auth-are-for-auth',
      comment: 'Other features import AuthModule, which exports what they may use.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(auth/|app\\.module\\.ts)' },
      to: { path: '^src/auth/(auth-core|[\\w-]+/[\\w-]+)\\.module\\.ts$' },
    },
    {
      name: 'the-platform-knows-no-feature',
      severity: 'error',
      from: { path: '^src/(platform|jobs|messages)/' },
      to: { path: `^src/(${features})/` },
    },
    onlyFeatures('audit', ['auth']), // its own route; what people do is written down by every feature
    onlyFeatures('auth', []),
    onlyFeatures('orgs', ['auth']),
    // What a customer is called is said once, in a file that imports nothing.
    onlyFeatures('inbox', ['auth', 'orgs'], ['customers/customer-name-sql\\.ts']),
    onlyFeatures('customers', ['auth']),
    onlyFeatures('invoices', ['auth', 'orgs'], ['customers/customer-name-sql\\.ts']),
    onlyFeatures('currencies', ['auth', 'orgs']),
    // Which refunds took money away is said once, in a file that imports nothing.
    onlyFeatures(
      'contracts',
      ['auth', 'orgs', 'invoices'],
      ['payments/ledger/refunds/refund-state\\.ts', 'qbo-sync/operations/operation-state\\.ts'],
    ),
    onlyFeatures('proposals', ['auth', 'orgs', 'currencies', 'customers', 'invoices', 'contracts']),
    onlyFeatures('change-orders', ['auth', 'orgs', 'inbox', 'invoices', 'contracts', 'proposals']),
    onlyFeatures('payments', [
      'auth',
      'orgs',
      'currencies',
      'inbox',
      'customers',
      'invoices',
      'contracts',
      'proposals',
      'change-orders',
    ]),
    onlyFeatures('portal', [
      'auth',
      'orgs',
      'inbox',
      'customers',
      'invoices',
      'contracts',
      'proposals',
      'change-orders',
      'payments',
    ]),
    onlyFeatures('qbo-sync', [
      'auth',
      'orgs',
      'currencies',
      'inbox',
      'customers',
      'invoices',
      'contracts',
      'proposals',
      'change-orders',
      'payments',
    ]),
    onlyFeatures('bills', [
      'audit',
      'auth',
      'orgs',
      'customers',
      'invoices',
      'contracts',
      'proposals',
      'reports',
      'revenue',
    ]),
    onlyFeatures('reports', [
      'auth',
      'orgs',
      'currencies',
      'inbox',
      'customers',
      'invoices',
      'contracts',
      'proposals',
      'payments',
      'qbo-sync',
    ]),
    onlyFeatures('revenue', [
      'auth',
      'orgs',
      'currencies',
      'inbox',
      'customers',
      'invoices',
      'contracts',
      'proposals',
      'payments',
      'qbo-sync',
      'reports',
    ]),
    onlyFeatures(
      'privacy',
      ['auth', 'inbox', 'contracts', 'customers', 'invoices'],
      ['qbo-sync/operations/(rows/superseded-sql|operation-state|rows/customer-kinds-sql)\\.ts'],
    ), // knows the tables of all
    onlyFeatures('alerts', ['orgs'], ['qbo-sync/operations/operation-state\\.ts']),
    onlyFeatures('restore', [], ['qbo-sync/operations/operation-state\\.ts']),
    onlyFeatures('seed', ['auth', 'orgs', 'customers', 'contracts', 'proposals']),
    {
      name: 'only-config-reads-the-environment-file',
      comment: 'Environment is read in one place; others are given a Config.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/config/|\\.spec\\.ts$' },
      to: { path: '^src/platform/config/environment' },
    },
    {
      name: 'the-sdk-stays-in-one-folder',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/qbo-sync/api/' },
      to: { path: 'node_modules/node-quickbooks' },
    },
    {
      name: 'the-sdk-of-traces-stays-in-one-file',
      severity: 'error',
      from: { pathNot: '^src/platform/tracing/otlp\\.tracer\\.ts$|^node_modules' },
      to: { path: 'node_modules/@opentelemetry/' },
    },
    {
      name: 'the-sdk-of-traces-is-loaded-where-traces-go-somewhere',
      comment: 'A process without a collector does not pay for it.',
      severity: 'error',
      from: {},
      to: { path: '^src/platform/tracing/otlp\\.tracer\\.ts$', dynamic: false },
    },
    {
      name: 'what-few-processes-use-is-loaded-when-it-is-used',
      comment:
        'The drivers of Redis and of mail, and the lists of passwords: 21 MB and a fifteenth of a start.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/auth/passwords/password-strength\\.ts$' }, // requires its lists when it is asked
      to: {
        path: 'node_modules/(ioredis|nodemailer|@zxcvbn-ts)/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'migrations-are-history',
      comment: 'A migration works the same whatever becomes of the code.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(src|test|sandbox)/' },
    },
    {
      name: 'the-sandbox-stands-alone',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(src|test|bench|migrations)/' },
    },
    {
      name: 'the-bench-measures-from-outside',
      comment: 'Of the project it may use what speaks to the sandbox, and nothing of the product.',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: '^(src|test|migrations|sandbox)/', pathNot: '^sandbox/control-client\\.ts$' },
    },
    {
      name: 'the-product-knows-no-test-no-bench-and-no-sandbox',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|sandbox)/' },
    },
    {
      name: 'pure-files-import-pure-files',
      comment:
        'A file without a role suffix decides; it does not touch a framework, the database or the network.',
      severity: 'error',
      from: {
        path: '^src/(platform/(money|time|encryption|mail)|messages|alerts|audit|auth|bills|change-orders|contracts|currencies|customers|health|inbox|invoices|jobs|orgs|payments|portal|privacy|proposals|qbo-sync|reports|revenue)/',
        pathNot: role,
      },
      to: {
        path: `^src/.*${role}|node_modules/(@nestjs|typeorm|pg|fastify|axios)/`,
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
  },
};
