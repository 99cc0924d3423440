import { describe, expect, it } from 'vitest'
import { onAbort } from '../../../lib/rocketmq/on-abort.ts'

describe('waiting for a signal', () => {
  it('tells everyone who still waits, once', () => {
    const controller = new AbortController()
    const told: string[] = []
    onAbort(controller.signal, () => told.push('first'))
    const ignore = onAbort(controller.signal, () => told.push('second'))
    onAbort(controller.signal, () => told.push('third'))
    ignore()
    controller.abort()
    controller.abort()
    expect(told).toEqual(['first', 'third'])
  })

  it('lets one who is told take back another', () => {
    const controller = new AbortController()
    const told: string[] = []
    let ignoreSecond = (): void => undefined
    onAbort(controller.signal, () => {
      told.push('first')
      ignoreSecond()
    })
    ignoreSecond = onAbort(controller.signal, () => told.push('second'))
    controller.abort()
    expect(told).toEqual(['first'])
  })
})
