import { describe, expect, test } from 'vitest'
import { toRocketmqBrokerAnswer } from '../../../lib/api/rocketmq-serializers.ts'
import type { RocketmqBrokerState } from '../../../lib/cluster/rocketmq-state.ts'
import { aRocketmqBroker } from '../../builders/rocketmq.ts'

describe('half messages given up, without the topic for them', () => {
  test.each([
    ['none, on a master whose topics were read', 0n, 0],
    ['unknown, where they were not', null, null],
  ])('are %s', (_, halfMessages, expected) => {
    const state = { ...(aRocketmqBroker('a:0').rocketmq as RocketmqBrokerState), halfMessages }
    expect(toRocketmqBrokerAnswer(state, null).givenUpHalfMessages).toBe(expected)
  })
})
