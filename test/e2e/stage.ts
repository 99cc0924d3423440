/** Everything a browser test needs, started once per file: consoles, a browser, and perhaps a real cluster. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { startBrowser } from '../servers/browser.ts'
import { startConsole, type TestConsole } from '../servers/console.ts'
import { freePort } from '../servers/free-port.ts'

/** Things to be stopped, the last started first, however far the start came. */
export class Stage {
  readonly #stops: (() => Promise<unknown>)[] = []

  async browser(): Promise<Browser> {
    const browser = await startBrowser()
    this.onStop(() => browser.close())
    return browser
  }

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'))
    this.onStop(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
    return folder
  }

  /** A production console without sign-in unless told otherwise. */
  async console(config: string, env: Record<string, string> = {}, folder?: string): Promise<TestConsole> {
    const home = folder ?? (await this.folder())
    const server = await startConsole({
      port: await freePort(),
      folder: home,
      config,
      env: { HOLDFAST_AUTH: 'off', ...env },
    })
    this.onStop(() => server.stop())
    await server.waitUntilReady()
    return server
  }

  onStop(stop: () => Promise<unknown>): void {
    this.#stops.push(stop)
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop()
  }
}
