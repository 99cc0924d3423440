/** Configurations with credentials, as they are stored: encrypted, and decrypted once for each text. */
export interface SealedConfigsOptions {
  box: { open(sealed: string): string }
  /** Told once for each one that cannot be decrypted, as after a change of the secret; it is left out. */
  onUnreadable(id: string, error: unknown): void
}

export class SealedConfigs<T> {
  readonly #options: SealedConfigsOptions
  #bySealed = new Map<string, T | null>()

  constructor(options: SealedConfigsOptions) {
    this.#options = options
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
      return JSON.parse(this.#options.box.open(sealed)) as T
    } catch (error) {
      this.#options.onUnreadable(id, error)
      return null
    }
  }
}
