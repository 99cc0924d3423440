import { expect, it } from 'vitest'
import { FactBook } from '../../../lib/cluster/fact-book.ts'
import { fault } from '../../../lib/cluster/fault.ts'
import { ConfigReader } from '../../../lib/rocketmq/read-configs.ts'
import type { RocketmqCaller } from '../../../lib/rocketmq/rocketmq-client.ts'
import type { RocketmqRequest } from '../../../lib/rocketmq/rocketmq-requests.ts'
import { MINUTE_MS } from '../../../lib/units.ts'

const MEMBERS = [
  { address: 'a:1', isMaster: true },
  { address: 'b:1', isMaster: false },
]

it('settings of brokers are read at their pace, and at once while somebody changes them', async () => {
  const asked: string[] = []
  const caller: RocketmqCaller = {
    async call<Args extends unknown[], Answer>(address: string, _request: RocketmqRequest<Args, Answer>, ..._: Args) {
      asked.push(address)
      return { value: null, fault: fault('requestTimeout') }
    },
  }
  const reader = new ConfigReader(MINUTE_MS)
  const read = async (nowMs: number, isChanging?: boolean): Promise<string[]> => {
    await reader.read(caller, MEMBERS, new FactBook({ configs: MINUTE_MS }), nowMs, isChanging)
    return asked.splice(0)
  }
  expect(await read(0)).toEqual(['a:1', 'b:1'])
  expect(await read(1)).toEqual([])
  expect(await read(2, true)).toEqual(['a:1', 'b:1'])
  expect(await read(MINUTE_MS + 1, false)).toEqual([])
  expect(await read(MINUTE_MS + 2)).toEqual(['a:1', 'b:1'])
})
