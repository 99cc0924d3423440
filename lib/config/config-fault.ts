import { HoldfastError } from '../errors.ts'

/** One thing wrong in the configuration. `reason` never repeats a value: values may be secrets. */
export interface ConfigFault {
  /** The configuration file, or `environment`. */
  file: string
  /** Counted from 1; null in the environment. */
  line: number | null
  /** `clusters[0].sasl.password`, or the name of a variable. */
  path: string
  reason: string
}

/** Everything that is wrong with the configuration, at once. */
export class ConfigError extends HoldfastError {
  readonly faults: ConfigFault[]

  constructor(faults: ConfigFault[]) {
    super('config_invalid', { count: faults.length })
    this.name = 'ConfigError'
    this.faults = faults
  }
}

/** One line per fault: `holdfast.yaml:7 clusters[0].kind: reason`. */
export function formatConfigFaults(faults: ConfigFault[]): string {
  return faults
    .map((fault) => `${fault.file}${fault.line === null ? '' : `:${fault.line}`} ${fault.path}: ${fault.reason}`)
    .join('\n')
}

export type PathPart = string | number

export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? String(part) : `.${String(part)}`
  }
  return text === '' ? '(whole file)' : text
}
