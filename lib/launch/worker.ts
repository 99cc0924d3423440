/** The process that reads dead letters and replays them. It is always a child. */
import { loadConfig } from '../config.ts'
import { startWorker } from '../runtime.ts'
import { liveAsChild } from './child-life.ts'
import { WAKE } from './worker-keeper.ts'

const starting = startWorker(loadConfig())
process.on('message', (message) => {
  if (message === WAKE) starting.then((worker) => worker.wake()).catch(() => undefined)
})
await liveAsChild('holdfast-worker', starting, () => 1)
