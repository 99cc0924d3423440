/** One decoder per cluster, made anew when its registry is configured otherwise. */
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import type { MaskingRule } from './masking.ts'
import { PayloadDecoder } from './payload-decoder.ts'

export class PayloadDecoders {
  private readonly rules: readonly MaskingRule[]
  private readonly now: () => number
  private readonly decoders = new Map<string, { decoder: PayloadDecoder; madeFor: string }>()

  constructor(rules: readonly MaskingRule[], now: () => number) {
    this.rules = rules
    this.now = now
  }

  of(cluster: ClusterConfig): PayloadDecoder {
    const madeFor = JSON.stringify(cluster.kind === 'kafka' ? cluster.schemaRegistry : null)
    const known = this.decoders.get(cluster.id)
    if (known?.madeFor === madeFor) return known.decoder
    const decoder = new PayloadDecoder(cluster, this.rules, this.now)
    this.decoders.set(cluster.id, { decoder, madeFor })
    return decoder
  }
}
