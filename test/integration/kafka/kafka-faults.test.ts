/** Brokers are stopped one by one, and what cannot be known any more turns unknown while the rest goes on. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KafkaDriver } from '../../../lib/kafka/kafka-driver.ts'
import { clusterConfig, connectClients, EVERY_POLL, snapshotOf, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { faultsOf, groupOf, partitionOf, pollOnce, pollUntil, topicOf } from '../../servers/polls.ts'

// Brokers are missed after three seconds instead of nine.
const QUICK_FENCING = { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500' }

let cluster: KafkaTestCluster
let clients: TestClients
let driver: KafkaDriver

beforeAll(async () => {
  cluster = await startKafkaCluster({ controllerConfig: QUICK_FENCING, brokerConfig: QUICK_FENCING })
  clients = await connectClients(cluster.bootstrapServers)
  driver = new KafkaDriver(clusterConfig(cluster.bootstrapServers), {
    paces: EVERY_POLL,
    deadlines: { connectMs: 2_000, requestMs: 5_000 },
  })
})

afterAll(async () => {
  await driver?.close()
  await clients?.close()
  await cluster?.stop()
})

test('an empty cluster has brokers and no topics, groups or faults', async () => {
  const snapshot = await pollUntil(driver, ({ quorum }) => expect(quorum?.isMoving).toBe(true))
  expect(snapshot).toMatchObject({ kind: 'kafka', version: '4.3', topics: [], groups: [] })
  expect(snapshot.brokers.map(({ id, online, role }) => ({ id, online, role }))).toEqual(
    ['1', '2', '3'].map((id) => ({ id, online: true, role: 'broker' })),
  )
  expect(snapshot.quorum).toMatchObject({ leader: '100', voters: [{ id: '100', lag: 0n }] })
  expect(snapshot.facts.filter(({ faultCount }) => faultCount > 0)).toEqual([])
})

test('a topic with 1,000 partitions is read whole', async () => {
  const assignment = Array.from({ length: 1_000 }, (_, index) => [1 + (index % 3)])
  await clients.createTopic('wide', assignment)
  await clients.produce('wide', [
    { value: 'a', partition: 0 },
    { value: 'b', partition: 999 },
  ])
  // Busy brokers take a while to make so many logs.
  await pollUntil(driver, (seen) => {
    const { partitions, fault } = topicOf(seen, 'wide')
    expect(fault).toBeNull()
    expect(partitions.map(({ partition }) => partition)).toEqual(Array.from({ length: 1_000 }, (_, index) => index))
    // A client that retries while leaders appear may write a record twice.
    expect(partitions.filter(({ endOffset }) => endOffset !== null && endOffset > 0n)).toHaveLength(2)
    expect(partitions.filter(({ endOffset }) => endOffset === 0n)).toHaveLength(998)
    expect(partitions.every(({ replicaSizes }) => replicaSizes?.length === 1)).toBe(true)
  })
  await clients.admin.deleteTopics({ topics: ['wide'] })
  await pollUntil(driver, ({ topics }) => expect(topics.map(({ name }) => name)).not.toContain('wide'))
})

test('a topic that is deleted in the middle of a poll costs its own rows only', async () => {
  await clients.createTopic('stays', [[1, 2, 3]], { 'min.insync.replicas': '2' })
  await clients.createTopic('goes', [[2], [3]])
  await clients.produce('stays', [{ value: 'x' }])
  await pollUntil(driver, (seen) => {
    expect(partitionOf(seen, 'goes', 1).endOffset).toBe(0n)
    expect(partitionOf(seen, 'stays', 0).endOffset).toBe(1n)
  })
  // The metadata still names the topic when its leaders have dropped it: caught by polling through the deletion.
  let isOver = false
  const deletion = clients.admin.deleteTopics({ topics: ['goes'] }).finally(() => {
    isOver = true
  })
  const snapshots = []
  do snapshots.push(await pollOnce(driver))
  while (!isOver || snapshots.at(-1)?.topics.some(({ name }) => name === 'goes'))
  await deletion
  for (const snapshot of snapshots) {
    expect(partitionOf(snapshot, 'stays', 0)).toMatchObject({ startOffset: 0n, endOffset: 1n })
    const gone = snapshot.topics.find(({ name }) => name === 'goes')
    for (const { endOffset } of gone?.partitions ?? []) expect([0n, null]).toContain(endOffset)
    if (gone?.partitions.some(({ endOffset }) => endOffset === null)) expect(gone.fault).not.toBeNull()
  }
})

test('brokers are stopped one by one: ISR shrinks, minimum ISR is passed, partitions go offline, and come back', async () => {
  await clients.createTopic('single', [[3]])
  await clients.produce('single', [{ value: 'only on 3' }])
  await clients.admin.setOffsets({ groupId: 'readers', topic: 'stays', partitions: [{ partition: 0, offset: '0' }] })
  await pollUntil(driver, (seen) => expect(groupOf(seen, 'readers').partitions).toHaveLength(1))
  expect(partitionOf(await pollOnce(driver), 'stays', 0)).toMatchObject({ isr: ['1', '2', '3'], eligibleLeaders: null })

  await cluster.brokers[2]?.stop()
  const two = await pollUntil(driver, (seen) => {
    expect(seen.brokers.map(({ id }) => id)).toEqual(['1', '2'])
    expect(partitionOf(seen, 'stays', 0).isr?.toSorted()).toEqual(['1', '2'])
  })
  expect(partitionOf(two, 'single', 0)).toMatchObject({
    leader: null,
    endOffset: null,
    startOffset: null,
    replicaSizes: null,
  })
  expect(faultsOf(two, 'offsets')).toContain('partition single/0: leaderNotAvailable')
  // Eligible leaders are read as soon as a partition is below full ISR; at min ISR nobody is kept in reserve.
  expect(partitionOf(two, 'stays', 0)).toMatchObject({ eligibleLeaders: [], offlineReplicas: ['3'], endOffset: 1n })

  await cluster.brokers[1]?.stop()
  const one = await pollUntil(driver, (seen) => expect(partitionOf(seen, 'stays', 0).isr).toEqual(['1']))
  const settings = topicOf(one, 'stays').settings
  expect(settings.minIsr).toBe(2)
  // The replica that left last while the ISR was still safe may lead without loss.
  expect(partitionOf(one, 'stays', 0)).toMatchObject({ leader: '1', eligibleLeaders: ['2'] })

  await Promise.all([cluster.brokers[1]?.start(), cluster.brokers[2]?.start()])
  const whole = await pollUntil(driver, (seen) => {
    expect(seen.brokers.map(({ online }) => online)).toEqual([true, true, true])
    expect(partitionOf(seen, 'stays', 0).isr).toHaveLength(3)
    expect(partitionOf(seen, 'single', 0)).toMatchObject({ leader: '3', endOffset: 1n })
    expect(groupOf(seen, 'readers').partitions?.[0]?.committedOffset).toBe(0n)
  })
  expect(partitionOf(whole, 'stays', 0).eligibleLeaders).toBeNull()
})

test('a broker that was killed a moment ago is listed and unknown, and costs its own rows only', async () => {
  await clients.createTopic('led-by-2', [[2, 1]])
  await clients.createTopic('led-by-1', [[1, 2]])
  await clients.produce('led-by-1', [{ value: 'x' }])
  await pollUntil(driver, (seen) => {
    expect(partitionOf(seen, 'led-by-1', 0).endOffset).toBe(1n)
    expect(partitionOf(seen, 'led-by-2', 0).endOffset).toBe(0n)
  })
  await cluster.brokers[1]?.kill()
  // Until the controller misses its heartbeats it is listed, and so is its leadership.
  const snapshot = await pollOnce(driver)
  const broker = snapshot.brokers.find(({ id }) => id === '2')
  expect(broker).toMatchObject({ online: null, logDirs: null, config: null, fault: { code: 'connectionRefused' } })
  expect(partitionOf(snapshot, 'led-by-2', 0)).toMatchObject({ leader: '2', startOffset: null, endOffset: null })
  expect(topicOf(snapshot, 'led-by-2').fault?.code).toBe('connectionRefused')
  expect(partitionOf(snapshot, 'led-by-1', 0)).toMatchObject({ startOffset: 0n, endOffset: 1n })
  expect(faultsOf(snapshot, 'metadata')).toEqual(['broker 2: connectionRefused'])
  expect(faultsOf(snapshot, 'offsets')).toEqual(['broker 2: connectionRefused'])
  for (const { id, state, partitions } of snapshot.groups)
    expect({ id, state, partitions }).not.toMatchObject({ state: null, partitions: [] })
  await cluster.brokers[1]?.start()
  await pollUntil(driver, (seen) => expect(seen.brokers.map(({ online }) => online)).toEqual([true, true, true]))
})

test('a quorum without a leader is not moving, while the brokers still answer', async () => {
  await cluster.controller.kill()
  const snapshot = await pollUntil(driver, ({ quorum }) => expect(quorum?.isMoving).toBe(false))
  expect(snapshot.quorum?.leader).toBeNull()
  expect(faultsOf(snapshot, 'quorum')).toContain('broker 1: quorumNoLeader')
  expect(partitionOf(snapshot, 'stays', 0)).toMatchObject({ endOffset: 1n })
  await cluster.controller.start()
  await pollUntil(driver, ({ quorum }) => expect(quorum).toMatchObject({ isMoving: true, leader: '100' }))
})

test('a refused port and an unknown host are faults of the whole cluster', async () => {
  const refused = snapshotOf(clusterConfig(['localhost:1']))
  await expect(refused).rejects.toMatchObject({
    fault: { code: 'connectionRefused', facts: { address: 'localhost:1' } },
  })
  const unknown = snapshotOf(clusterConfig(['no-such-host.invalid:9092']))
  await expect(unknown).rejects.toMatchObject({ fault: { code: 'hostNotFound' } })
})
