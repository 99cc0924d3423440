/** Where a receiver is dialled: looked up and judged for every attempt, so that a name cannot be pointed elsewhere between. */
import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { addressJudge, isMetadataName } from './address.ts'
import type { Place } from './connection-outcome.ts'
import { type Outcome, refused, retry } from './outcome.ts'

interface Address {
  address: string
  family: number
}

export interface SendOptions {
  /** The operator's own. */
  allowedNetworks: readonly string[]
  resolve(host: string): Promise<Address[]>
  signal: AbortSignal
}

export interface Dialable {
  lookup: LookupFunction
  /** Where neither port nor encryption is asked for. */
  isOwnNetwork: boolean
}

/** Takes addresses in figures, too, however they are written. */
export function systemResolve(host: string): Promise<Address[]> {
  return lookup(host, { all: true })
}

/**
 * @param usualPorts where anything else is refused
 * @returns an outcome when nothing may be dialled there
 */
export async function dialable(
  place: Place,
  usualPorts: readonly number[],
  { allowedNetworks, resolve, signal }: SendOptions,
): Promise<Dialable | Outcome> {
  const { host } = place
  if (isMetadataName(host)) return refused('metadataBlocked', { host })
  const judge = addressJudge(allowedNetworks)
  const found = await Promise.race([resolve(host).catch(() => []), untilAborted(signal)])
  const judged = found.map((address) => ({ address, verdict: judge(address.address) }))
  if (judged.some(({ verdict }) => verdict === 'metadata')) return refused('metadataBlocked', { host })
  const of = (wanted: string): Address[] =>
    judged.filter(({ verdict }) => verdict === wanted).map(({ address }) => address)
  const own = of('allowed')
  if (own.length > 0) return { lookup: lookupOf(own), isOwnNetwork: true }
  const open = of('public')
  // Every failure of a lookup means the same to whoever reads it, and most pass.
  if (open.length === 0)
    return judged.length === 0 ? retry('hostNotFound', { host }) : refused('addressBlocked', { host })
  return refuseUnusual(place, usualPorts) ?? { lookup: lookupOf(open), isOwnNetwork: false }
}

export function isOutcome<T extends object>(value: T | Outcome): value is Outcome {
  return 'state' in value
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function refuseUnusual({ host, port, usesTls }: Place, usualPorts: readonly number[]): Outcome | null {
  if (!usesTls) return refused('plainTextBlocked', { host })
  return usualPorts.includes(port) ? null : refused('portBlocked', { host, port, ports: usualPorts.join(', ') })
}

/** Node asks nobody when the host is an address in figures already: that one was judged like all others. */
function lookupOf(addresses: readonly Address[]): LookupFunction {
  return (_host, options, answer) => {
    if (options.all) return answer(null, [...addresses])
    const [{ address, family } = { address: '', family: 0 }] = addresses
    answer(null, address, family)
  }
}
