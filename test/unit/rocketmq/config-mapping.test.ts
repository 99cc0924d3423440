import { describe, expect, it } from 'vitest'
import { readBrokerConfig } from '../../../lib/rocketmq/config-mapping.ts'

function text(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

describe('settings', () => {
  it('are read with their words and their values whole', () => {
    const { entries, settings } = readBrokerConfig(
      text({
        ...{ brokerRole: 'SYNC_MASTER', flushDiskType: 'SYNC_FLUSH', fileReservedTime: '72', brokerPermission: '6' },
        ...{ storePathRootDir: '/store', messageDelayLevel: '1s 5s', filter: 'a=b=c', empty: '' },
      }),
    )
    expect(settings).toEqual({
      ...{ role: 'SYNC_MASTER', flushDiskType: 'SYNC_FLUSH', retentionMs: 259_200_000, permission: 6, minIsr: 2 },
      ...{ commitLogPath: '/store/commitlog', consumeQueuePath: '/store/consumequeue', controllers: [] },
      diskMarks: null,
    })
    const values = Object.fromEntries(entries.map(({ name, value }) => [name, value]))
    expect(values).toMatchObject({ messageDelayLevel: '1s 5s', filter: 'a=b=c', empty: null })
    expect(entries.map(({ name }) => name)).toEqual(Object.keys(values).sort())
  })

  it('that are not told are unknown', () => {
    expect(readBrokerConfig('something=else').settings).toEqual({
      ...{ role: null, flushDiskType: null, retentionMs: null, permission: null, minIsr: null },
      ...{ commitLogPath: null, consumeQueuePath: null, controllers: [], diskMarks: null },
    })
  })

  it('name controllers only where they elect the master', () => {
    const addresses = { controllerAddr: '10.0.0.1:9878; 10.0.0.2:9878' }
    expect(readBrokerConfig(text(addresses)).settings.controllers).toEqual([])
    const on = readBrokerConfig(text({ ...addresses, enableControllerMode: 'true' }))
    expect(on.settings.controllers).toEqual(['10.0.0.1:9878', '10.0.0.2:9878'])
  })
})

describe('from how full a disk a broker acts', () => {
  const USUAL = { deletesExpired: 0.75, deletesUnexpired: 0.85, refusesMessages: 0.9 }

  it.each<[string, Record<string, string>, Partial<typeof USUAL> | { deletesUnexpired: null }]>([
    [
      'as set',
      { diskMaxUsedSpaceRatio: '60', diskSpaceCleanForciblyRatio: '70', diskSpaceWarningLevelRatio: '80' },
      { deletesExpired: 0.6, deletesUnexpired: 0.7, refusesMessages: 0.8 },
    ],
    [
      'bounded above',
      { diskMaxUsedSpaceRatio: '99', diskSpaceCleanForciblyRatio: '99', diskSpaceWarningLevelRatio: '99' },
      { deletesExpired: 0.95 },
    ],
    [
      'bounded below',
      { diskMaxUsedSpaceRatio: '1', diskSpaceCleanForciblyRatio: '1', diskSpaceWarningLevelRatio: '1' },
      { deletesExpired: 0.1, deletesUnexpired: 0.3, refusesMessages: 0.35 },
    ],
    [
      'never before their time',
      { diskMaxUsedSpaceRatio: '75', cleanFileForciblyEnable: 'false' },
      { deletesUnexpired: null },
    ],
    ['4.9, which does not tell the upper two', { diskMaxUsedSpaceRatio: '75', cleanFileForciblyEnable: 'true' }, {}],
  ])('%s', (_, values, over) => {
    expect(readBrokerConfig(text(values)).settings.diskMarks).toEqual({ ...USUAL, ...over })
  })
})

describe('secrets', () => {
  it.each([
    'initAuthenticationUser',
    'innerClientAuthenticationCredentials',
    'metricsGrpcExporterHeader',
    'metricsExporterHeaders',
    'someAccessKey',
    'access_key',
    'secretKey',
    'trustStorePassword',
    'apiToken',
  ])('%s is marked and its value dropped', (name) => {
    const { entries } = readBrokerConfig(text({ [name]: '{"username":"root","password":"hunter22"}' }))
    expect(entries).toEqual([{ name, value: null, source: 'BROKER', isDefault: false, sensitive: true }])
  })
})

describe('how many copies a send waits for', () => {
  const SYNC = { brokerRole: 'SYNC_MASTER' }
  const CONTROLLER = { ...SYNC, enableControllerMode: 'true' }
  const ACTING = { ...SYNC, enableSlaveActingMaster: 'true', enableAutoInSyncReplicas: 'true' }
  it.each([
    ['an ASYNC_MASTER', { brokerRole: 'ASYNC_MASTER', inSyncReplicas: '2' }, 1],
    ['a slave', { brokerRole: 'SLAVE', inSyncReplicas: '2' }, 1],
    ['a SYNC_MASTER of 4.9', SYNC, 2],
    ['a SYNC_MASTER of 5.x by default', { ...SYNC, inSyncReplicas: '1', minInSyncReplicas: '1' }, 1],
    ['a SYNC_MASTER of 5.x with two', { ...SYNC, inSyncReplicas: '2', minInSyncReplicas: '1' }, 2],
    ['one that writes its log twice', { ...SYNC, duplicationEnable: 'true' }, 1],
    ['a controller’s master', { ...CONTROLLER, inSyncReplicas: '2', minInSyncReplicas: '1' }, 2],
    ['one that refuses below two', { ...CONTROLLER, inSyncReplicas: '1', minInSyncReplicas: '2' }, 2],
    [
      'one that waits for its whole set',
      { ...CONTROLLER, allAckInSyncStateSet: 'true', inSyncReplicas: '1', minInSyncReplicas: '2' },
      2,
    ],
    ['one that may lower it', { ...ACTING, inSyncReplicas: '3', minInSyncReplicas: '1' }, 1],
    [
      'an automatic one without acting masters',
      { ...ACTING, enableSlaveActingMaster: 'false', inSyncReplicas: '3' },
      3,
    ],
  ])('%s', (_, values, expected) => {
    expect(readBrokerConfig(text(values)).settings.minIsr).toBe(expected)
  })
})
