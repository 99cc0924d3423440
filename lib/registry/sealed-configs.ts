/** Configurations with credentials, as they are stored: encrypted, and decrypted once for each text. */
import { hideInLogs } from '../log.ts'

export interface SealedConfigsOptions {
  box: { open(sealed: string): string }
  /** Told once for each one that cannot be decrypted, as after a change of the secret; it is left out. */
  onUnreadable(id: string, error: unknown): void
}

export class SealedConfigs<T> {
  readonly #options: SealedConfigsOptions
  #bySealed = new Map<string, T | null>()

  readonly #secretsOf: (config: T) => readonly (string | null)[]

  /** @param secretsOf what no log line shows once it was decrypted */
  constructor(options: SealedConfigsOptions, secretsOf: (config: T) => readonly (string | null)[]) {
    this.#options = options
    this.#secretsOf = secretsOf
  }

  open({ id, sealedConfig }: { id: string; sealedConfig: string }): T[] {
    let config = this.#bySealed.get(sealedConfig)
    if (config === undefined) {
      config = this.#tryOpen(id, sealedConfig)
      this.#bySealed.set(sealedConfig, config)
    }
    return config === null ? [] : [config]
  }

  #tryOpen(id: string, sealed: string): T | null {
    try {
      const config = JSON.parse(this.#options.box.open(sealed)) as T
      hideInLogs(this.#secretsOf(config), 'forGood')
      return config
    } catch (error) {
      this.#options.onUnreadable(id, error)
      return null
    }
  }
}
