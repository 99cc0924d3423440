/**
 * Which layer may import which. The picture and its reasons stand in ARCHITECTURE.md.
 * Runs with TypeScript 6 in place of 7 (test/check/with-typescript-6.ts), or it would see no import in `.ts` files.
 */

/** Layers are the folders and files of `lib`. What is not named here is forbidden; `csv`, `errors`, `units`, `glob`, `scope` and `plain-data` are free. */
const LAYERS = {
  csv: [],
  errors: [],
  glob: [],
  scope: [],
  units: [],
  'plain-data': [],
  cluster: [],
  kafka: ['cluster', 'log'],
  rocketmq: ['cluster', 'log'],
  durability: [],
  lint: [],
  alerts: ['durability', 'i18n'],
  dlq: [],
  payload: ['cluster'],
  config: ['alerts', 'dlq', 'durability', 'i18n', 'payload'],
  log: ['config'],
  db: ['config', 'log'],
  auth: ['config', 'db', 'log'],
  audit: ['auth', 'db', 'log'],
  history: ['cluster', 'db', 'durability', 'log'],
  registry: ['auth', 'cluster', 'config', 'db', 'durability', 'log'],
  losses: ['db', 'durability'],
  alerting: ['alerts', 'config', 'db', 'durability'],
  holds: ['audit', 'cluster', 'db', 'durability'],
  collector: [
    'alerting',
    'alerts',
    'cluster',
    'config',
    'db',
    'dlq',
    'durability',
    'history',
    'log',
    'losses',
    'registry',
  ],
  inbox: ['cluster', 'config', 'db', 'dlq', 'durability', 'history', 'log', 'payload', 'registry'],
  replay: ['audit', 'cluster', 'config', 'db', 'dlq', 'durability', 'history', 'inbox', 'log', 'payload', 'registry'],
  outbox: ['db'],
  telling: ['alerting', 'alerts', 'config', 'db', 'durability', 'outbox'],
  receivers: ['alerts', 'client', 'cluster', 'config', 'i18n', 'log', 'outbox', 'reports'],
  reports: [
    'audit',
    'client',
    'cluster',
    'config',
    'db',
    'durability',
    'history',
    'holds',
    'i18n',
    'losses',
    'outbox',
    'registry',
    'replay',
  ],
  worker: [
    'audit',
    'cluster',
    'config',
    'db',
    'dlq',
    'durability',
    'history',
    'holds',
    'inbox',
    'log',
    'outbox',
    'payload',
    'receivers',
    'registry',
    'replay',
    'reports',
    'telling',
  ],
  api: [
    'alerting',
    'alerts',
    'audit',
    'auth',
    'client',
    'cluster',
    'config',
    'db',
    'dlq',
    'durability',
    'history',
    'holds',
    'i18n',
    'inbox',
    'lint',
    'log',
    'losses',
    'outbox',
    'payload',
    'receivers',
    'registry',
    'replay',
    'reports',
    'telling',
  ],
  client: ['i18n'],
  i18n: ['client'],
}

/** Shapes may be named where the layer itself may not be run. */
const TYPES_OF = {
  api: ['collector', 'worker'],
  config: ['cluster'],
  log: ['cluster'],
  durability: ['cluster', 'dlq'],
  lint: ['cluster'],
  alerts: ['cluster', 'history'],
  dlq: ['cluster', 'durability'],
  outbox: ['alerts', 'cluster', 'durability', 'reports'],
  receivers: ['durability'],
  telling: ['cluster', 'registry'],
  client: ['api', 'cluster', 'durability', 'history'],
}

const SERIES_LIST = '^lib/history/metrics\\.ts$'
const FREE = ['csv', 'errors', 'glob', 'plain-data', 'scope', 'units']

const layerPath = (names) => `^lib/(${names.join('|')})(\\.ts$|/)`

const layerRules = Object.entries(LAYERS).map(([layer, allowed]) => ({
  name: `lib-${layer}`,
  comment: `lib/${layer} may import only: ${[...allowed, ...FREE].join(', ')}`,
  severity: 'error',
  from: { path: layerPath([layer]) },
  to: { path: '^(lib|app|components|prisma/[^g])', pathNot: permitted(layer, allowed) },
}))

/** Type imports of some layers are let through here and bound by `typeRules`. */
function permitted(layer, allowed) {
  const paths = [layerPath([layer, ...allowed, ...FREE, ...(TYPES_OF[layer] ?? [])])]
  // Two exceptions: schemas are made to be shared by both ends, and the list of series is plain data.
  if (layer === 'client') paths.push('^lib/api/schemas/')
  if (layer === 'alerts') paths.push(SERIES_LIST)
  return paths
}

const typeRules = Object.entries(TYPES_OF).map(([layer, others]) => ({
  name: `lib-${layer}-types-only`,
  comment: `lib/${layer} may import types, not code, of: ${others.join(', ')}`,
  severity: 'error',
  from: { path: layerPath([layer]) },
  to: {
    path: layerPath(others),
    pathNot: ['^lib/api/schemas/', ...(layer === 'alerts' ? [SERIES_LIST] : [])],
    dependencyTypesNot: ['type-only'],
  },
}))

export default {
  forbidden: [
    ...layerRules,
    ...typeRules,
    {
      name: 'lib-is-below',
      comment: 'lib never imports pages or components, and nothing imports tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'lib-knows-no-pages',
      severity: 'error',
      from: { path: '^(lib|prisma)/' },
      to: { path: '^(app|components)/' },
    },
    {
      name: 'drivers-only-in-runtime',
      comment: 'lib/runtime.ts is the only file that names the drivers',
      severity: 'error',
      from: {
        path: '^(lib|app|components|instrumentation)',
        pathNot: ['^lib/(kafka|rocketmq)/', '^lib/runtime\\.ts$'],
      },
      to: { path: '^lib/(kafka|rocketmq)/' },
    },
    {
      name: 'launch-is-the-top',
      comment: 'only the start scripts use lib/launch',
      severity: 'error',
      from: { path: '^(lib|app|components|instrumentation)', pathNot: '^lib/launch/' },
      to: { path: '^lib/launch/' },
    },
    {
      name: 'runtime-is-near-the-top',
      severity: 'error',
      from: { path: '^lib/', pathNot: ['^lib/launch/', '^lib/runtime(\\.ts$|/)'] },
      to: { path: '^lib/runtime(\\.ts$|/)' },
    },
    {
      name: 'components-no-server',
      comment: 'what runs in the browser takes data from lib/client, words from lib/i18n, and of the rest only types',
      severity: 'error',
      from: { path: '^(components|lib/client)/' },
      to: {
        path: '^(lib|prisma)/',
        pathNot: ['^lib/client/', '^lib/i18n/', '^lib/api/schemas/', layerPath(FREE)],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'browser-no-node',
      severity: 'error',
      from: { path: '^(components|lib/client)/' },
      to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'components-below-app',
      severity: 'error',
      from: { path: '^components/' },
      to: { path: '^app/' },
    },
    {
      name: 'database-client-only-in-db',
      comment: 'the generated clients are opened by lib/db; elsewhere their types may be named',
      severity: 'error',
      from: { path: '^(lib|app|components)', pathNot: '^lib/db(\\.ts$|/)' },
      to: { path: '^prisma/generated/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'kafka-clients-only-in-kafka',
      severity: 'error',
      from: { path: '^(lib|app|components)', pathNot: '^lib/kafka/' },
      to: { path: 'node_modules/(kafkajs|@platformatic/kafka)/' },
    },
    {
      name: 'no-dev-packages',
      comment: 'what is shipped may not lean on a development dependency',
      severity: 'error',
      from: { path: '^(lib|app|components|instrumentation)' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: '(node_modules|^prisma/generated)' },
    exclude: { path: '^(\\.next|test/fixtures)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
