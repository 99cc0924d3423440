import { beforeEach, describe, expect, it } from 'vitest'
import { FactBook } from '../../../lib/cluster/fact-book.ts'
import { fault } from '../../../lib/cluster/fault.ts'
import { RouteReader } from '../../../lib/rocketmq/read-routes.ts'
import type { RocketmqCaller } from '../../../lib/rocketmq/rocketmq-client.ts'
import { CLUSTER_INFO, type RouteBroker } from '../../../lib/rocketmq/rocketmq-requests.ts'
import { MINUTE_MS } from '../../../lib/units.ts'

const NAME_SERVERS = ['n:1', 'n:2']

/** What NameServers list, and the settings of brokers that run, by address. */
class TestCluster implements RocketmqCaller {
  lists: Record<string, RouteBroker[]> = {}
  settings: Record<string, string> = {}
  asked: string[] = []

  call: RocketmqCaller['call'] = async (address, { code }, ..._) => {
    if (NAME_SERVERS.includes(address)) {
      const answer = code === CLUSTER_INFO.code ? this.lists[address] : new Set()
      return { value: answer as never, fault: null }
    }
    this.asked.push(address)
    const settings = this.settings[address]
    if (settings === undefined) return { value: null, fault: fault('connectionRefused') }
    return { value: settings as never, fault: null }
  }
}

function listOf(addresses: Record<number, string>): RouteBroker[] {
  const numbered = Object.entries(addresses).map(([number, address]): [number, string] => [Number(number), address])
  return [{ brokerName: 'a', clusterName: 'trade', addresses: numbered }]
}

const BOTH = listOf({ 0: 'h:1', 1: 'h:2' })
const BOTH_RUN = { 'h:1': 'brokerName=a\nbrokerId=0\n', 'h:2': 'brokerName=a\nbrokerId=1\n' }

let cluster: TestCluster
let reader: RouteReader

beforeEach(async () => {
  cluster = new TestCluster()
  cluster.settings = { ...BOTH_RUN }
  reader = new RouteReader(NAME_SERVERS, MINUTE_MS)
  expect(await poll(BOTH, 0)).toEqual(BOTH)
  expect(cluster.asked).toEqual([])
})

async function poll(list: RouteBroker[], nowMs: number, other = list): Promise<RouteBroker[] | null> {
  cluster.lists = { 'n:1': list, 'n:2': other }
  cluster.asked = []
  return (await reader.read(cluster, new FactBook({ metadata: null, nameServers: MINUTE_MS }), nowMs)).value
}

function missing(): (string[] | null)[] {
  return reader.states((name, number) => `${name}:${number}`).map(({ missingBrokers }) => missingBrokers)
}

describe('brokers that no NameServer lists any more', () => {
  it('stay while they say themselves that they run, and NameServers are said to lack them', async () => {
    expect(await poll(listOf({ 1: 'h:2' }), 15_000)).toEqual(BOTH)
    expect(missing()).toEqual([['a:0'], ['a:0']])
    expect(await poll([], 30_000)).toEqual(BOTH)
    expect(missing()).toEqual([
      ['a:0', 'a:1'],
      ['a:0', 'a:1'],
    ])
    expect(await poll(BOTH, 45_000)).toEqual(BOTH)
    expect(missing()).toEqual([[], []])
  })

  it('are not asked while one NameServer lists them', async () => {
    expect(await poll([], 15_000, BOTH)).toEqual(BOTH)
    expect(cluster.asked).toEqual([])
  })

  it.each([
    ['do not answer', {}],
    ['have become somebody else', { 'h:1': 'brokerName=b\nbrokerId=0\n' }],
    ['have become a slave', { 'h:1': 'brokerName=a\nbrokerId=1\n' }],
  ])('are gone when they %s, and not asked again', async (_, settings) => {
    cluster.settings = settings
    const left = listOf({ 1: 'h:2' })
    expect(await poll(left, 15_000)).toEqual(left)
    expect(cluster.asked).toEqual(['h:1'])
    cluster.settings = BOTH_RUN
    expect(await poll(left, 30_000)).toEqual(left)
    expect(cluster.asked).toEqual([])
  })

  it.each([
    ['another master', listOf({ 0: 'h:3', 1: 'h:2' })],
    ['their own address under another number', listOf({ 1: 'h:1' })],
  ])('are not asked where a list has %s', async (_, list) => {
    expect(await poll(list, 15_000)).toEqual(list)
    expect(cluster.asked).toEqual([])
  })

  it('are gone in the end: no client finds them', async () => {
    for (const atMs of [0, 60_000, 119_999]) expect(await poll([], 15_000 + atMs)).toEqual(BOTH)
    expect(await poll([], 15_000 + 2 * MINUTE_MS)).toEqual([])
    expect(cluster.asked).toEqual([])
  })
})
