import { describe, expect, onTestFinished, test } from 'vitest'
import { MessageAccessError } from '../../../lib/cluster/messages.ts'
import { RocketmqBrokerSettings } from '../../../lib/rocketmq/rocketmq-broker-settings.ts'
import { NO_TLS } from '../../builders/no-tls.ts'
import { type Heard, type Peer, startPeer } from './loopback-peer.ts'

const CLUSTER = 106
const CONFIG = 26
const UPDATE = 25
const CONTROLLER_LEADER = 1005
const SYNC_STATES = 1006
const NO_PERMISSION = 16
const SECRET = 'do-not-tell'
const HOURS = ' fileReservedTime'

interface Member {
  name: string
  /** As NameServers list it. */
  number: number
  hours?: string
  /** More of its settings, or others. */
  config?: Record<string, string>
  /** Answers a change; null: as a broker that does it. */
  onUpdate?: ((heard: Heard) => void) | null
}

interface RunningMember extends Member {
  peer: Peer
}

async function startMember(member: Member): Promise<RunningMember> {
  const { name, number, hours = '72', config = {}, onUpdate = null } = member
  const values = {
    ...{ brokerName: name, brokerId: String(number), fileReservedTime: hours, enableDLegerCommitLog: 'false' },
    ...{ initAuthenticationUser: `{"password":"${SECRET}"}`, deleteWhen: '04' },
    ...config,
  }
  const text = Object.entries(values).map(([key, value]) => `${key}=${value}\n`)
  const peer = await startPeer((heard) => {
    if (heard.header.code === CONFIG) heard.reply({}, Buffer.from(text.join('')))
    else if (onUpdate === null) heard.reply()
    else onUpdate(heard)
  })
  return { ...member, peer }
}

const start = (...members: Member[]): Promise<RunningMember[]> => Promise.all(members.map(startMember))

function listOf(members: readonly RunningMember[]): Buffer {
  const byName = Map.groupBy(members, ({ name }) => name)
  const table = [...byName].map(([name, ofName]) => {
    const addresses = ofName.map(({ number, peer }) => `${number}:"${peer.address}"`)
    return `"${name}":{"cluster":"c","brokerName":"${name}","brokerAddrs":{${addresses}}}`
  })
  return Buffer.from(`{"brokerAddrTable":{${table}},"clusterAddrTable":{}}`)
}

async function settingsOf(...lists: (readonly RunningMember[])[]): Promise<RocketmqBrokerSettings> {
  const nameServers = await Promise.all(
    lists.map((members) =>
      startPeer(({ header, reply }) => reply({ code: header.code === CLUSTER ? 0 : 1 }, listOf(members))),
    ),
  )
  const settings = new RocketmqBrokerSettings({
    ...{ id: 't', name: 't', kind: 'rocketmq', readOnly: false, addressMap: {}, acl: null, tls: NO_TLS },
    nameServers: nameServers.length === 0 ? ['127.0.0.1:1'] : nameServers.map(({ address }) => address),
  })
  onTestFinished(() => settings.close())
  return settings
}

const within = (): AbortSignal => AbortSignal.timeout(10_000)

async function read(settings: RocketmqBrokerSettings, ...brokers: string[]): Promise<Record<string, string | null>> {
  const { settings: told, unanswered } = await settings.read(
    'orders',
    brokers.map((broker) => broker + HOURS),
    within(),
  )
  const codes = unanswered.map(({ name, fault }) => [name, fault.code] as const)
  const all = [...told.map(({ name, override }) => [name, override] as const), ...codes]
  return Object.fromEntries(all.map(([name, value]) => [name.replace(HOURS, ''), value]))
}

async function faultOf(work: Promise<unknown>): Promise<[string, boolean]> {
  const error = await work.catch((reason: unknown) => reason)
  if (!(error instanceof MessageAccessError)) throw new Error(`no fault: ${error}`)
  return [error.fault.code, error.retriable]
}

const change = (settings: RocketmqBrokerSettings, hours: Record<string, string | null>): Promise<void> =>
  settings.change(
    'orders',
    Object.entries(hours).map(([broker, override]) => ({ name: broker + HOURS, override })),
    within(),
  )

/** What members were told to set. */
const bodies = (members: readonly RunningMember[]): string[][] =>
  members.map(({ peer }) => peer.heard.flatMap(({ header, body }) => (header.code === UPDATE ? [String(body)] : [])))

const A: Member = { name: 'a', number: 0 }
const SLAVE: Member = { name: 'a', number: 1, hours: '48' }
const B: Member = { name: 'b', number: 0, hours: '24' }

describe('settings of brokers', () => {
  test('are told by each member itself, and no other of its settings is', async () => {
    const members = await start(A, SLAVE, B)
    const settings = await settingsOf(members)
    const names = ['a:0 fileReservedTime', 'a:0 enableDLegerCommitLog', 'a:1 fileReservedTime', 'a:1 deleteWhen']
    const told = await settings.read('orders', names, within())
    expect(told).toEqual({
      topicId: null,
      settings: [
        { name: names[0], override: '72', effective: ['72'] },
        { name: names[1], override: 'false', effective: ['false'] },
        { name: names[2], override: '48', effective: ['48'] },
        { name: names[3], override: null, effective: [] },
      ],
      unanswered: [],
    })
    expect(members[2]?.peer.heard).toEqual([])
    await settings.change('orders', [{ name: 'a:1 fileReservedTime', override: '9' }], within())
    expect(members.map(({ peer }) => peer.heard.map(({ header }) => header.code))).toEqual([
      [CONFIG],
      [CONFIG, CONFIG, UPDATE],
      [],
    ])
    expect(JSON.stringify(await settings.read('orders', ['a:0 initAuthenticationUser'], within()))).not.toContain(
      SECRET,
    )
  })

  test('of a member that nobody lists, or that does not answer, are unanswered', async () => {
    const members = await start(A, SLAVE)
    expect(await read(await settingsOf(members), 'a:0', 'a:2', 'b:0')).toEqual({
      ...{ 'a:0': '72', 'a:2': 'brokerNotListed', 'b:0': 'brokerNotListed' },
    })
    for (const { number, peer } of members) if (number === SLAVE.number) peer.address = '127.0.0.1:1'
    expect(await read(await settingsOf(members), 'a:0', 'a:1')).toEqual({
      'a:0': '72',
      'a:1': 'advertisedAddressUnreachable',
    })
  })

  test.each([
    ['name', { brokerName: 'b' }],
    ['number', { brokerId: '3' }],
  ])('are not those of another member at its address, by its %s', async (_, config) => {
    const members = await start({ ...A, config })
    const settings = await settingsOf(members)
    expect(await read(settings, 'a:0')).toEqual({ 'a:0': 'brokerNotListed' })
    expect(await faultOf(change(settings, { 'a:0': '1' }))).toEqual(['brokerNotListed', true])
    expect(bodies(members)).toEqual([[]])
  })

  test('are those of all that any NameServer lists', async () => {
    const [master, slave] = await start(A, SLAVE)
    if (master === undefined || slave === undefined) throw new Error('two members')
    expect(await read(await settingsOf([master], [slave], []), 'a:0', 'a:1')).toEqual({ 'a:0': '72', 'a:1': '48' })
  })

  test('are unknown when no NameServer answers', async () => {
    const settings = await settingsOf()
    expect(await faultOf(settings.read('orders', ['a:0 fileReservedTime'], within()))).toEqual([
      'connectionRefused',
      true,
    ])
    expect(await faultOf(change(settings, { 'a:0': '1' }))).toEqual(['connectionRefused', true])
  })
})

describe('where a controller elects the masters', () => {
  async function controlled(answers: boolean): Promise<[RunningMember[], RocketmqBrokerSettings]> {
    const members: RunningMember[] = []
    const controller = await startPeer(({ header, reply }) => {
      if (!answers) reply({ code: 1 })
      else if (header.code === CONTROLLER_LEADER) reply({ ext: { controllerLeaderAddress: controller.address } })
      else if (header.code === SYNC_STATES) reply({}, syncStates(members))
    })
    const config = { enableControllerMode: 'true', controllerAddr: controller.address }
    // The second one, as the controller counts, is master now.
    members.push(...(await start({ ...A, hours: '2', config }, { ...SLAVE, hours: '1', config })))
    return [members, await settingsOf(members)]
  }

  function syncStates(members: readonly RunningMember[]): Buffer {
    const inSyncReplicas = members.map(({ number, peer }) => ({ brokerId: 2 - number, brokerAddress: peer.address }))
    const state = { masterBrokerId: 2, masterEpoch: 1, syncStateSetEpoch: 1, inSyncReplicas, notInSyncReplicas: [] }
    return Buffer.from(JSON.stringify({ replicasInfoTable: { a: state } }))
  }

  test('a member keeps its number, whoever is master', async () => {
    const [members, settings] = await controlled(true)
    expect(await read(settings, 'a:1', 'a:2', 'a:0')).toEqual({ 'a:1': '1', 'a:2': '2', 'a:0': 'brokerNotListed' })
    await change(settings, { 'a:2': '5' })
    expect(bodies(members)).toEqual([['fileReservedTime=5\n'], []])
  })

  test('nobody is known while it does not answer', async () => {
    const [members, settings] = await controlled(false)
    expect(await read(settings, 'a:0', 'a:1')).toEqual({ 'a:0': 'brokerError', 'a:1': 'brokerError' })
    expect(await faultOf(change(settings, { 'a:0': '5' }))).toEqual(['brokerError', true])
    expect(bodies(members)).toEqual([[], []])
  })
})

describe('a change', () => {
  const refuse = ({ reply }: Heard): void => reply({ code: NO_PERMISSION })
  const acl1 = ({ reply }: Heard): void =>
    reply({ code: 1, remark: 'org.apache.rocketmq.acl.common.AclException: not an admin' })
  const busy = ({ reply }: Heard): void => reply({ code: 2 })
  const die = ({ socket }: Heard): void => void socket.destroy()

  test('tells each of these members its own hours, and nobody else', async () => {
    const members = await start(A, SLAVE, B)
    await change(await settingsOf(members), { 'a:0': '72', 'a:1': '876000' })
    expect(bodies(members)).toEqual([['fileReservedTime=72\n'], ['fileReservedTime=876000\n'], []])
  })

  test.each<[string, Member['onUpdate'], Member['onUpdate'], [string, boolean]]>([
    ['all refuse', refuse, refuse, ['authorizationFailed', false]],
    ['all refuse, by access control 1.0', acl1, acl1, ['authorizationFailed', false]],
    ['one refuses and the other has done it', null, refuse, ['authorizationFailed', true]],
    ['one refuses and the other is busy', refuse, busy, ['authorizationFailed', true]],
    ['all are busy', busy, busy, ['brokerError', true]],
    ['one does not answer', null, die, ['connectionClosed', true]],
    ['one does not answer and the other refuses', die, refuse, ['connectionClosed', true]],
  ])('that %s', async (_, first, second, expected) => {
    const members = await start({ ...A, onUpdate: first ?? null }, { ...SLAVE, onUpdate: second ?? null })
    expect(await faultOf(change(await settingsOf(members), { 'a:0': '1', 'a:1': '1' }))).toEqual(expected)
  })

  test('of a member that is not listed tells nobody anything', async () => {
    const members = await start(A)
    expect(await faultOf(change(await settingsOf(members), { 'a:0': '1', 'a:1': '1' }))).toEqual([
      'brokerNotListed',
      true,
    ])
    expect(bodies(members)).toEqual([[]])
  })

  test.each([
    ['of another setting', 'a:0 brokerPermission', '6'],
    ['of a topic', 'fileReservedTime', '6'],
    ['to no value', 'a:0 fileReservedTime', null],
    ['to what is no number', 'a:0 fileReservedTime', '6\nbrokerPermission=0'],
  ])('%s is refused before anybody is asked', async (_, name, override) => {
    const members = await start(A)
    const settings = await settingsOf(members)
    expect(await faultOf(settings.change('orders', [{ name, override }], within()))).toEqual(['settingRefused', false])
    expect(members[0]?.peer.heard).toEqual([])
  })
})
