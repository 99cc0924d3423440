import { describe, expect, it } from 'vitest'
import { foldTrace, type TraceRow, traceLines } from '../../../lib/client/stack-trace-view.ts'

const TRACE = [
  'org.springframework.ListenerFailed: failed',
  '\tat org.springframework.Listener.invoke(Listener.java:1)',
  '\tat com.acme.Shop.buy(Shop.java:12)',
  '\tat org.springframework.Listener.run(Listener.java:2)',
  '\tat java.lang.Thread.run(Thread.java:3)',
  'Caused by: java.net.SocketTimeoutException: Read timed out',
  '\tat java.net.Socket.read(Socket.java:4)',
  '\t... 3 more',
  '',
].join('\n')

function shown(rows: readonly TraceRow[]): (string | number)[] {
  return rows.map((row) => (row.kind === 'fold' ? row.count : (row.text.split(/[(:]/)[0]?.trim() ?? '')))
}

describe('a folded stack trace', () => {
  it('keeps what is said and the own calls, and counts the others', () => {
    expect(shown(foldTrace(TRACE, [2]))).toEqual([
      'org.springframework.ListenerFailed',
      1,
      'at com.acme.Shop.buy',
      2,
      'Caused by',
      2,
    ])
  })

  it('keeps the nearest calls where none is the own', () => {
    const lines = ['Error: no', ...Array.from({ length: 9 }, (_, at) => `    at lib${at} (x.js:1:1)`)].join('\n')
    expect(shown(foldTrace(lines, []))).toEqual(['Error', 'at lib0', 'at lib1', 'at lib2', 'at lib3', 5])
  })

  it('has every line when it is opened', () => {
    expect(traceLines(TRACE, [2]).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })
})
