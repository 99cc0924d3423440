import { describe, expect, it } from 'vitest'
import { releaseOfLevel } from '../../../lib/kafka/kafka-release.ts'
import {
  DESCRIBE_QUORUM,
  LIST_GROUPS,
  pickVersion,
  SHARE_GROUP_DESCRIBE,
  type VersionRange,
} from '../../../lib/kafka/kafka-requests.ts'

const QUORUM = 55
const GROUPS = 16

function known(key: number, minVersion: number, maxVersion: number): Map<number, VersionRange> {
  return new Map([[key, { minVersion, maxVersion }]])
}

describe('pickVersion', () => {
  it.each([
    { broker: 'Kafka 4.x', range: [0, 2], version: 2 },
    { broker: 'Kafka 3.3', range: [0, 1], version: 1 },
    { broker: 'one that dropped all we speak', range: [3, 4], version: undefined },
    { broker: 'one older than all we speak', range: [0, 0], version: undefined },
  ])('takes the newest that both know: $broker', ({ range, version }) => {
    expect(pickVersion(DESCRIBE_QUORUM, known(QUORUM, range[0] ?? 0, range[1] ?? 0))?.version).toBe(version)
  })

  it('does not go above the broker when it has more versions than we have', () => {
    expect(pickVersion(LIST_GROUPS, known(GROUPS, 0, 99))?.version).toBe(5)
    expect(pickVersion(LIST_GROUPS, known(GROUPS, 0, 4))?.version).toBe(4)
  })

  it('is null for a request that the broker does not know', () => {
    expect(pickVersion(SHARE_GROUP_DESCRIBE, known(GROUPS, 0, 5))).toBeNull()
  })
})

describe('releaseOfLevel', () => {
  it.each([
    [7, '3.3'],
    [14, '3.6'],
    [21, '3.9'],
    [25, '4.0'],
    [30, '4.3'],
    [33, '4.4'],
    [99, null],
    [0, null],
    [undefined, null],
  ])('level %s is %s', (level, release) => {
    expect(releaseOfLevel(level)).toBe(release)
  })
})
