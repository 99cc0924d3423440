import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError, type ConfigFault, formatConfigFaults } from '../../../lib/config/config-fault.ts'
import { unreadPaths } from '../../../lib/config/config-file.ts'
import { RECEIVER_TYPES } from '../../../lib/config/receivers.ts'
import { loadConfig } from '../../../lib/config.ts'
import { allProfiles } from '../../../lib/dlq/all-profiles.ts'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { secretsOf } from '../../../lib/log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(yaml: string, name = 'holdfast.yaml'): void {
  writeFileSync(join(folder, name), yaml)
}

function faultsOf(env: Record<string, string> = {}): ConfigFault[] {
  try {
    loadConfig(env, folder)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

const places = (env: Record<string, string> = {}): string[] =>
  faultsOf(env).map((fault) => `${fault.line} ${fault.path}`)

const WHOLE = `
clusters:
  - id: orders
    name: Orders
    kind: kafka
    bootstrapServers: [localhost:19092]
    addressMap: { "10.0.0.5:9092": "localhost:19092" }
    tls: { enabled: false, caFile: , certFile: , keyFile: , rejectUnauthorized: true }
    sasl: { mechanism: scram-sha-512, username: console, password: "\${env:KAFKA_PASSWORD}" }
    schemaRegistry: { url: , username: , password: }
    connect: [{ url: "http://connect:8083/", username: console, password: "\${env:KAFKA_PASSWORD}" }, { url: "https://other" }]
    readOnly: true
  - id: trade
    kind: rocketmq
    nameServers: [localhost:9876]
    tls: { enabled: true }
    acl: { accessKey: "\${env:RMQ_AK}", secretKey: "\${file:./rmq-secret}" }
poll: { intervalSeconds: 15 }
history: { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400 }
dlq:
  include: []
  exclude: []
  profiles:
    - name: acme
      match: { anyOf: [acme-source-topic] }
      numbers: decimal
      fields:
        topic: [acme-source-topic]
        attempts: [{ header: acme-state, json: tries }]
masking:
  - match: { cluster: "*", topic: "pay.*" }
    paths: ["$.card.number", "$..password"]
    keyPaths: ["$"]
    headers: [authorization, "x-secret-*"]
owners:
  - { match: { cluster: "*", topic: "pay.*", group: "*" }, team: payments }
reports: { schedule: weekly, atHour: 9, timeZone: Asia/Shanghai, language: zh-CN, keep: 10, receivers: [mail, added-later] }
rules:
  mutes:
    - { code: "topic.*", cluster: orders, subject: "%RETRY%*", reason: " test data ", until: 2020-01-02T12:00:00+02:00 }
    - { code: topic.replicationFactorOne, reason: scratch, until: 2020-01-02 }
  tuned:
    - { code: topic.minIsrOne, subject: "scratch.*", severity: info, reason: scratch, until: 2020-01-02 }
  severity: { topic.replicationFactorOne: info, group.stopped: high }
alerts:
  builtIn: { group.lagSeconds: { raiseAbove: 300, clearBelow: 60, forSeconds: 60, severity: high }, broker.leaderImbalance: false }
  rules:
    - { id: any-unclean, when: { finding: topic.uncleanLeaderElection }, severity: warning }
  receivers:
    - { id: oncall, type: webhook, url: "https://example.org", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }
    - { id: pager, type: pagerduty, routingKey: "\${env:PD_KEY}" }
    - { id: chat, type: slack, url: "https://hooks.slack.com/services/x" }
    - { id: team, type: teams, url: "https://prod.logic.azure.com/x" }
    - { id: fei, type: feishu, url: "https://open.feishu.cn/open-apis/bot/v2/hook/x" }
    - { id: wecom, type: wecom, url: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x" }
    - { id: ding, type: dingtalk, url: "https://oapi.dingtalk.com/robot/send?access_token=x", secret: "SEC1", language: zh-CN }
    - { id: am, type: alertmanager, url: "http://alertmanager:9093" }
    - { id: bridge, type: webhook, format: alertmanager, url: "http://bridge:8080/x" }
    - { id: mail, type: email, smtp: "smtp://user:pass@host:587", from: "Holdfast <a@b>", to: ["c@d"] }
  routes:
    - { match: { severity: [critical, high] }, receivers: [oncall], groupBy: [cluster, code], groupWaitSeconds: 10, repeatSeconds: 14400 }
  silences: []
security:
  receiverAllowedNetworks: [127.0.0.1/32, "fd00::/8"]
  replayApproval: { minMessages: null, clusters: [], expiresMinutes: 60 }
  tokens:
    - { name: payments-oncall, token: "\${env:PAY_TOKEN}", role: operator, clusters: ["*"], topics: ["pay.*"], payloads: true }
    - { name: dashboards, token: "\${env:VIEW_TOKEN}", role: viewer }
probes: []
metrics: { public: false }
`

describe('a configuration without faults', () => {
  test('every part of the documented file is accepted', () => {
    write(WHOLE)
    write('rmq-secret-value\n', 'rmq-secret')
    const secrets = {
      KAFKA_PASSWORD: 'p',
      RMQ_AK: 'ak',
      PD_KEY: 'pd-key',
      PAY_TOKEN: 'p'.repeat(16),
      VIEW_TOKEN: 'v'.repeat(16),
    }
    const config = loadConfig(secrets, folder)
    expect(config.clusters.map((cluster) => cluster.id)).toEqual(['orders', 'trade'])
    const [orders, trade] = config.clusters
    expect(orders).toMatchObject({ kind: 'kafka', sasl: { password: 'p' }, schemaRegistry: null, readOnly: true })
    expect(orders).toMatchObject({
      connect: [
        { url: 'http://connect:8083/', username: 'console', password: 'p' },
        { url: 'https://other', username: null, password: null },
      ],
    })
    expect(trade).toMatchObject({ name: 'trade', tls: { enabled: true, rejectUnauthorized: true } })
    expect(trade).toMatchObject({ acl: { accessKey: 'ak', secretKey: 'rmq-secret-value' } })
    const [oncall, dashboards] = config.tokens
    expect(oncall).toMatchObject({ name: 'payments-oncall', token: 'p'.repeat(16), role: 'operator' })
    expect(oncall?.scope).toEqual({ clusters: ['*'], topics: ['pay.*'], payloads: true })
    // Payloads are read by those alone who were given the right.
    expect(dashboards).toMatchObject({ role: 'viewer', scope: { clusters: ['*'], topics: ['*'], payloads: false } })
    expect(unreadPaths(config)).toEqual(['probes'])
    expect(unreadPaths({ unread: { security: {}, probes: null } })).toEqual([])
    expect(config.owners).toHaveLength(1)
    expect(config.receivers.map(({ type }) => type).sort()).toEqual([...RECEIVER_TYPES, 'webhook'].sort())
    expect(config.receivers.map(({ language }) => language)).toContain('zh-CN')
    expect(config.receivers[1]).toMatchObject({
      ...{ routingKey: 'pd-key', url: 'https://events.pagerduty.com/v2/enqueue', language: 'en' },
    })
    expect(config.receiverAllowedNetworks).toEqual(['127.0.0.1/32', 'fd00::/8'])
    const wanted = {
      ...{ schedule: 'weekly', atHour: 9, timeZone: 'Asia/Shanghai', language: 'zh-CN', keep: 10 },
      receivers: ['mail', 'added-later'],
    }
    expect(config.reports).toEqual(wanted)
    expect(config.dlq.profiles).toMatchObject([{ name: 'acme', format: 'generic', newest: 'last' }])
    expect(allProfiles(config.dlq).map(({ name }) => name)).toEqual([
      'acme',
      ...BUILT_IN_PROFILES.map(({ name }) => name),
    ])
    expect(config.masking).toMatchObject([{ match: { topic: 'pay.*' }, keyPaths: ['$'] }])
    const scratch = { code: 'topic.replicationFactorOne', cluster: '*', subject: '*', reason: 'scratch' }
    expect(config.rules).toEqual({
      mutes: [
        {
          ...{ code: 'topic.*', cluster: 'orders', subject: '%RETRY%*', reason: 'test data' },
          untilAtMs: Date.UTC(2020, 0, 2, 10),
        },
        { ...scratch, untilAtMs: Date.UTC(2020, 0, 2) },
      ],
      tunings: [
        {
          ...{ id: 'tuned-1', code: 'topic.minIsrOne', cluster: '*', subject: 'scratch.*', severity: 'info' },
          ...{ reason: 'scratch', untilAtMs: Date.UTC(2020, 0, 2) },
        },
      ],
      severity: { 'topic.replicationFactorOne': 'info', 'group.stopped': 'high' },
    })
  })

  test('nothing at all is a configuration too', () => {
    const config = loadConfig({}, folder)
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      role: 'all',
      auth: 'on',
      clusters: [],
      configFile: null,
    })
    expect(config.databaseUrl).toBe(`file:${join(folder, 'data/holdfast.db')}`)
    expect(config.poll).toEqual({ intervalSeconds: 15 })
    expect(config.dlq).toEqual({ include: [], exclude: [], profiles: [] })
    expect(config.masking).toEqual([])
    expect(config.rules).toEqual({ mutes: [], tunings: [], severity: {} })
    expect([config.receivers, config.receiverAllowedNetworks]).toEqual([[], []])
    expect(config.reports).toEqual({
      schedule: 'daily',
      atHour: 8,
      timeZone: 'UTC',
      language: 'en',
      keep: 60,
      receivers: [],
    })
  })

  test('an empty variable counts as not set', () => {
    expect(loadConfig({ HOLDFAST_ADMIN_TOKEN: '', PORT: '' }, folder)).toMatchObject({ adminToken: null, port: 3000 })
  })

  test('certificates are read from files beside the configuration', () => {
    write('clusters: [{ id: a, kind: kafka, bootstrapServers: ["h:1"], tls: { enabled: true, caFile: ca.pem } }]')
    write('PEM', 'ca.pem')
    expect(loadConfig({}, folder).clusters[0]).toMatchObject({ tls: { enabled: true, ca: 'PEM' } })
  })
})

describe('faults', () => {
  test('profiles and masking rules name the line of what is wrong', () => {
    write(`dlq:
  profiles:
    - name: mine
      match: { anyOf: [] }
      fields: {}
    - name: spring
      match: { anyOf: [a] }
      fields: { topic: [a], other: [b] }
    - name: third
      match: { anyOf: [a] }
      fields: { topic: [a] }
      follows: { group: topic }
    - name: twin
      match: { anyOf: [a] }
      fields: {}
    - name: twin
      match: { anyOf: [a] }
      fields: {}
masking:
  - match: { topic: "pay.*" }
  - paths: ["$.a", "password"]
  - match: { group: g }
    paths: ["$"]
  - headers: auth
`)
    expect(faultsOf().map(({ line, path, reason }) => `${line} ${path}: ${reason}`)).toEqual([
      '4 dlq.profiles[0].match.anyOf: Too small: expected array to have >=1 items',
      '8 dlq.profiles[1].fields.other: is not a known setting',
      '12 dlq.profiles[2].follows.group: names a field that fields does not have',
      '16 dlq.profiles[4].name: another profile has this name',
      '6 dlq.profiles[1].name: is the name of a built-in profile',
      '20 masking[0]: hides nothing: give paths, keyPaths or headers',
      '21 masking[1].paths[1]: is no path of the kind $.a.b[0], $..name, $["a b"] or $.list[*].name',
      '22 masking[2].match.group: is not a known setting',
      '24 masking[3].headers: Invalid input: expected array, received string',
    ])
  })

  test('receivers name the line of what is wrong, and never repeat a value', () => {
    write(`alerts:
  receivers:
    - { id: a, type: webhook, url: "ftp://example.org", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }
    - { id: b, type: webhook, url: "https://example.org" }
    - { id: c, type: webhook, url: "https://example.org", secret: "whsec_c2hvcnQ=" }
    - { id: d, type: slack, url: "https://user:MARKER@example.org" }
    - { id: e, type: smoke, url: "https://example.org" }
    - { id: f, type: pagerduty, routingKey: "a b" }
    - id: g
      type: email
      smtp: "http://host"
      from: "a@b, c@d"
      to: ["x@y\\nz"]
    - { id: H, type: wecom, url: "https://example.org", language: fr, color: red }
    - { type: teams }
security:
  receiverAllowedNetworks: ["10.0.0.1", "10.0.0.0/33", "fd00::/8"]
`)
    const faults = faultsOf().map(({ line, path, reason }) => `${line} ${path}: ${reason}`)
    const url = 'must be an http or https address without user name and password'
    const secret = 'must be whsec_ and 24 to 64 random bytes as base64; a webhook in the format alertmanager needs none'
    const network = 'must be a network such as 10.1.2.0/24 or fd00::/8; one address is 10.1.2.3/32'
    const address = 'must be an e-mail address'
    expect(faults).toEqual([
      `3 alerts.receivers[0].url: ${url}`,
      `4 alerts.receivers[1].secret: ${secret}`,
      `5 alerts.receivers[2].secret: ${secret}`,
      `6 alerts.receivers[3].url: ${url}`,
      '7 alerts.receivers[4].type: must have a known type',
      '8 alerts.receivers[5].routingKey: must be the integration key of a service: letters and digits',
      expect.stringContaining('11 alerts.receivers[6].smtp: must be smtp://HOST:PORT'),
      `12 alerts.receivers[6].from: ${address}`,
      `13 alerts.receivers[6].to[0]: ${address}`,
      '14 alerts.receivers[7].id: must consist of a-z, 0-9 and -, and not begin with -',
      '14 alerts.receivers[7].language: Invalid option: expected one of "en"|"zh-CN"',
      '14 alerts.receivers[7].color: is not a known setting',
      '15 alerts.receivers[8].id: is required',
      '15 alerts.receivers[8].url: is required',
      `17 security.receiverAllowedNetworks[0]: ${network}`,
      `17 security.receiverAllowedNetworks[1]: ${network}`,
    ])
    expect(faults.join()).not.toContain('MARKER')
    write(`alerts:
  receivers:
    - { id: a, type: slack, url: "https://example.org" }
    - { id: a, type: teams, url: "https://example.org" }
`)
    expect(faultsOf().map(({ line, path, reason }) => `${line} ${path}: ${reason}`)).toEqual([
      '4 alerts.receivers[1].id: is used by two receivers',
    ])
    write(`reports: { receivers: [chat, pager, am] }
alerts:
  receivers:
    - { id: chat, type: slack, url: "https://example.org" }
    - { id: pager, type: pagerduty, routingKey: x }
    - { id: am, type: alertmanager, url: "http://am:9093" }
`)
    const noReports = 'names a receiver of single alerts, which cannot take a report; name one of another type'
    expect(faultsOf().map(({ line, path, reason }) => `${line} ${path}: ${reason}`)).toEqual([
      `1 reports.receivers[1]: ${noReports}`,
      `1 reports.receivers[2]: ${noReports}`,
    ])
  })

  test('mutes and severities name the line of what is wrong', () => {
    write(`rules:
  mutes:
    - { code: topic.nope, reason: why, until: 2026-12-31 }
    - { code: cluster.pollFailed, reason: why, until: 2026-12-31 }
    - { code: topic.*, reason: "  no ", until: tomorrow }
    - { code: topic.*, reason: why, until: 2126-12-31 }
    - { code: topic.*, subject: "", reason: why, until: 2026-02-30 }
    - { code: topic.*, topic: orders, reason: why }
    - code: topic.*
      cluster: "\\0"
      reason: why
      until: 2026-12-31
  severity:
    topic.minIsrOne: grave
    topic.nope: info
    cluster.pollFailed: info
    group.unreadDeleted: info
  tuned:
    - { code: cluster.partlyUnknown, severity: info, reason: why, until: 2026-12-31 }
    - { code: "topic.*", severity: info, reason: why, until: 2026-12-31 }
    - { code: topic.minIsrOne, severity: grave, reason: why }
  silent: true
`)
    expect(faultsOf().map(({ line, path, reason }) => `${line} ${path}: ${reason}`)).toEqual([
      '3 rules.mutes[0].code: is no code of a check and matches none; /api/v1/rules lists all.',
      '4 rules.mutes[1].code: cannot be muted: it tells how much of the cluster could be read, and so how far everything else can be believed.',
      '5 rules.mutes[2].reason: Too small: expected string to have >=3 characters',
      '5 rules.mutes[2].until: must be a time such as 2026-12-31T18:00:00Z, or a day such as 2026-12-31',
      '6 rules.mutes[3].until: must be at most one year ahead',
      '7 rules.mutes[4].subject: Too small: expected string to have >=1 characters',
      '7 rules.mutes[4].until: must be a time such as 2026-12-31T18:00:00Z, or a day such as 2026-12-31',
      '8 rules.mutes[5].until: must be a time such as 2026-12-31T18:00:00Z, or a day such as 2026-12-31',
      '8 rules.mutes[5].topic: is not a known setting',
      '10 rules.mutes[6].cluster: This value is not accepted here.',
      '19 rules.tuned[0].code: cannot be given another severity: it tells that messages are being lost, or how much of the cluster could be read.',
      '20 rules.tuned[1].code: is no code of a check and matches none; /api/v1/rules lists all.',
      '21 rules.tuned[2].until: must be a time such as 2026-12-31T18:00:00Z, or a day such as 2026-12-31',
      '21 rules.tuned[2].severity: Invalid option: expected one of "info"|"warning"|"high"|"critical"',
      '14 rules.severity.topic.minIsrOne: Invalid option: expected one of "info"|"warning"|"high"|"critical"',
      '15 rules.severity.topic.nope: is not a known setting',
      '22 rules.silent: is not a known setting',
    ])
  })

  test('what tells of losses keeps its severity', () => {
    write('rules:\n  severity:\n    cluster.pollFailed: info\n    group.unreadDeleted: info\n    group.stopped: info\n')
    const reason =
      'cannot be given another severity: it tells that messages are being lost, or how much of the cluster could be read.'
    expect(faultsOf().map(({ line, path, reason }) => `${line} ${path}: ${reason}`)).toEqual([
      `3 rules.severity.cluster.pollFailed: ${reason}`,
      `4 rules.severity.group.unreadDeleted: ${reason}`,
    ])
  })

  test('a schedule of reports names the line of what is wrong', () => {
    write(`reports:
  schedule: hourly
  atHour: 24
  timeZone: Middle/Earth
  language: zh
  keep: 0
  format: html
`)
    expect(faultsOf().map(({ line, path, reason }) => `${line} ${path}: ${reason}`)).toEqual([
      '2 reports.schedule: Invalid option: expected one of "daily"|"weekly"|"off"',
      '3 reports.atHour: Too big: expected number to be <=23',
      '4 reports.timeZone: is no time zone such as Asia/Shanghai or UTC',
      '5 reports.language: Invalid option: expected one of "en"|"zh-CN"',
      '6 reports.keep: Too small: expected number to be >=1',
      '7 reports.format: is not a known setting',
    ])
  })

  test('all are told at once, each with its line and path', () => {
    write(`clusters:
  - id: Orders
    kind: kafka
    bootstrapServers: [localhost]
    surprise: 1
    sasl: { mechanism: scram-sha-512, username: console, password: "\${env:NOPE}" }
  - id: twin
    kind: rabbit
  - id: twin
    kind: kafka
    bootstrapServers: [h:1]
    sasl: { mechanism: oauthbearer }
  - id: third
    kind: kafka
    bootstrapServers: [h:1]
    tls: { enabled: true, caFile: nope.pem }
polls: 1
poll:
  intervalSeconds: 0
`)
    expect(places().sort()).toEqual(
      [
        '2 clusters[0].id',
        '4 clusters[0].bootstrapServers[0]',
        '5 clusters[0].surprise',
        '6 clusters[0].sasl.password',
        '8 clusters[1].kind',
        '9 clusters[2].id',
        '12 clusters[2].sasl',
        '16 clusters[3].tls.caFile',
        '17 polls',
        '19 poll.intervalSeconds',
      ].sort(),
    )
  })

  test.each([
    ['HOLDFAST_AUTH', { HOLDFAST_AUTH: 'off', HOST: '0.0.0.0' }],
    ['HOLDFAST_AUTH', { HOLDFAST_AUTH: 'off', HOST: '127.evil.example' }],
    ['HOLDFAST_AUTH', { HOLDFAST_AUTH: 'maybe' }],
    ['HOLDFAST_SECRET', { DATABASE_URL: 'postgresql://u:p@h/d' }],
    ['HOLDFAST_SECRET', { HOLDFAST_SECRET: 'short' }],
    ['HOLDFAST_ROLE', { HOLDFAST_ROLE: 'both' }],
    ['HOLDFAST_ADMIN_TOKEN', { HOLDFAST_ADMIN_TOKEN: 'two words' }],
    ['HOLDFAST_APPROVER_TOKEN', { HOLDFAST_ADMIN_TOKEN: 'same-token', HOLDFAST_APPROVER_TOKEN: 'same-token' }],
    ['HOLDFAST_PUBLIC_URL', { HOLDFAST_PUBLIC_URL: 'console.example' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://h/d' }],
    ['PORT', { PORT: '70000' }],
    ['PORT', { PORT: '3e3' }],
    ['HOLDFAST_CONFIG', { HOLDFAST_CONFIG: 'missing.yaml' }],
  ])('%s: %o', (path, env) => {
    expect(faultsOf(env).map((fault) => fault.path)).toEqual([path])
  })

  test.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('auth may be off on %s', (host) => {
    expect(loadConfig({ HOLDFAST_AUTH: 'off', HOST: host }, folder).auth).toBe('off')
  })

  test.each([
    ['clusters: [\n', 2],
    ['poll: 1\npoll: 2\n', 2],
  ])('YAML that cannot be read: %j', (yaml, line) => {
    write(yaml)
    const [fault] = faultsOf()
    expect(fault).toMatchObject({ line, path: '(whole file)' })
  })

  test('no reason repeats a value, whatever stands where', () => {
    const marker = 'sk-MARKER-7f3a'
    write(`clusters:
  - { id: a, kind: kafka, bootstrapServers: ["${marker}"], sasl: { mechanism: ${marker}, password: [${marker}] } }
  - { id: b, kind: kafka, bootstrapServers: ["\${env:SECRET}"], addressMap: { a: ${marker} }, readOnly: ${marker} }
  - { id: ${marker}, kind: rocketmq, nameServers: ${marker}, acl: ${marker} }
metrics: ${marker}
`)
    const text = formatConfigFaults(faultsOf({ SECRET: marker, HOST: '0.0.0.0', HOLDFAST_AUTH: marker, PORT: marker }))
    expect(text.split('\n').length).toBeGreaterThan(8)
    expect(text).not.toContain(marker)
    write(`password: "a" "${marker}"`)
    expect(formatConfigFaults(faultsOf())).not.toContain(marker)
  })
})

describe('which replays need a second person', () => {
  const policy = (yaml: string) => {
    write(yaml)
    return loadConfig({}, folder).replayApproval
  }

  test.each<[string, string, object]>([
    ['nothing said', '', { minMessages: null, clusters: [] }],
    ['nothing of it', 'security: { receiverAllowedNetworks: [] }', { minMessages: null, clusters: [] }],
    ['never', 'security: { replayApproval: { minMessages: null, clusters: [] } }', { minMessages: null, clusters: [] }],
    ['by size', 'security: { replayApproval: { minMessages: 1000 } }', { minMessages: 1_000, clusters: [] }],
    [
      'for ten minutes',
      'security: { replayApproval: { expiresMinutes: 10 } }',
      { minMessages: null, clusters: [], expiresMinutes: 10 },
    ],
    ['by cluster', 'security: { replayApproval: { clusters: [orders] } }', { minMessages: null, clusters: ['orders'] }],
  ])('%s', (_case, yaml, expected) => {
    expect(policy(yaml)).toEqual({ expiresMinutes: 60, ...expected })
  })

  test.each([
    ['security:\n  replayApproval: { minMessages: 0 }', '2 security.replayApproval.minMessages'],
    ['security:\n  replayApproval: { expiresMinutes: 0 }', '2 security.replayApproval.expiresMinutes'],
    ['security:\n  replayApproval: { expiresMinutes: 1441 }', '2 security.replayApproval.expiresMinutes'],
    ['security:\n  replayApproval: { minimum: 5 }', '2 security.replayApproval.minimum'],
  ])('%s is a fault', (yaml, place) => {
    write(yaml)
    expect(places()).toEqual([place])
  })
})

describe('tokens', () => {
  const GOOD = 'a'.repeat(16)
  const withTokens = (...lines: string[]): void =>
    write(['security:', '  tokens:', ...lines.map((line) => `    - { ${line} }`)].join('\n'))

  test.each([
    ['a short one', ['name: a, token: short, role: viewer'], ['3 security.tokens[0].token: must have at least 16']],
    [
      'a blank in one',
      [`name: a, token: "${GOOD} b", role: viewer`],
      ['3 security.tokens[0].token: may hold only visible'],
    ],
    ['a role that nobody knows', [`name: a, token: ${GOOD}, role: boss`], ['3 security.tokens[0].role: ']],
    ['no role', [`name: a, token: ${GOOD}`], ['3 security.tokens[0].role: ']],
    [
      'a name of the console',
      [`name: admin, token: ${GOOD}, role: viewer`],
      ['3 security.tokens[0].name: is what the console'],
    ],
    [
      'a name that is none',
      [`name: "a b", token: ${GOOD}, role: viewer`],
      ['3 security.tokens[0].name: must be 1 to 64'],
    ],
    [
      'two of one name',
      [`name: a, token: ${GOOD}, role: viewer`, `name: a, token: ${GOOD}b, role: viewer`],
      ['4 security.tokens[1].name: is the name of another'],
    ],
    [
      'two names of one token',
      [`name: a, token: ${GOOD}, role: operator`, `name: b, token: ${GOOD}, role: approver`],
      ['4 security.tokens[1].token: is given to another'],
    ],
    [
      'one of the environment',
      ['name: a, token: env-token-of-an-admin, role: viewer'],
      ['3 security.tokens[0].token: is HOLDFAST'],
    ],
    ['no topics at all', [`name: a, token: ${GOOD}, role: viewer, topics: []`], ['3 security.tokens[0].topics: ']],
    [
      'a word nobody knows',
      [`name: a, token: ${GOOD}, role: viewer, topic: x`],
      ['3 security.tokens[0].topic: is not a known'],
    ],
  ])('%s is a fault, and is not repeated', (_name, lines, expected) => {
    withTokens(...lines)
    const told = faultsOf({ HOLDFAST_ADMIN_TOKEN: 'env-token-of-an-admin' }).map(
      ({ line, path, reason }) => `${line} ${path}: ${reason}`,
    )
    expect(told).toHaveLength(expected.length)
    for (const [index, text] of expected.entries()) expect(told[index]).toContain(text)
    expect(told.join()).not.toContain(GOOD)
  })

  test('never stand in the log', () => {
    withTokens(`name: a, token: ${GOOD}, role: viewer`)
    expect(secretsOf(loadConfig({}, folder))).toContain(GOOD)
  })
})
