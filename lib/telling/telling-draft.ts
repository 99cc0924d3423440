/** What changes in what receivers know and are to be told, until it is stored. Pure. */
import { isOpen } from '../alerts/alert.ts'
import type { Addressee } from './addressees.ts'
import {
  acknowledgementOf,
  flushGroup,
  isRepeated,
  isWorse,
  isWorthTelling,
  type Member,
  type TellableAlert,
  type Told,
} from './flush-group.ts'
import type { TellGroup, Telling } from './telling.ts'

export interface KnownTellings {
  alerts: ReadonlyMap<string, TellableAlert>
  tellings: readonly Telling[]
  groups: readonly TellGroup[]
}

export interface TellingChanges {
  /** New ones among them. */
  groups: TellGroup[]
  tellings: Telling[]
  dropped: Telling[]
  told: { group: TellGroup; told: Told }[]
}

export class TellingDraft {
  readonly #alerts: ReadonlyMap<string, TellableAlert>
  readonly #nowMs: number
  readonly #newId: () => string
  readonly #groups = new Map<string, TellGroup>()
  readonly #groupIds = new Map<string, string>()
  readonly #tellings = new Map<string, Telling>()
  readonly #changedGroups = new Set<string>()
  readonly #changedTellings = new Set<string>()
  readonly #dropped: Telling[] = []
  readonly #told: TellingChanges['told'] = []

  constructor({ alerts, tellings, groups }: KnownTellings, nowMs: number, newId: () => string) {
    this.#alerts = alerts
    this.#nowMs = nowMs
    this.#newId = newId
    for (const group of groups) this.#keepGroup(group)
    for (const telling of tellings) this.#tellings.set(keyOf(telling), telling)
  }

  /** Who is not told of an alert yet is to be. */
  join(alertId: string, addressees: readonly Addressee[]): void {
    const tellable = this.#alerts.get(alertId)
    if (tellable === undefined || !isWorthTelling(tellable)) return
    for (const addressee of addressees) {
      const known = this.#tellings.get(keyOf({ alertId, receiverId: addressee.receiverId }))
      if (known === undefined) this.#begin(alertId, addressee)
      else if (addressee.cause === 'failover') this.#hurry(known)
    }
  }

  #begin(alertId: string, { receiverId, cause, delayMs, ...addressee }: Addressee): void {
    const group = this.#groupOf({ receiverId, ...addressee })
    this.#changeTelling({
      ...{ alertId, receiverId, groupId: group.id, cause, fromAtMs: this.#nowMs + delayMs },
      ...{ toldAtMs: null, toldSeverity: null, toldFlapping: false, endToldAtMs: null },
    })
    this.#touch(group.id, this.#nowMs + Math.max(delayMs, group.policy.waitMs))
  }

  /** It waits for an escalation, and is needed now. */
  #hurry(telling: Telling): void {
    if (telling.toldAtMs !== null) return
    this.#changeTelling({ ...telling, fromAtMs: Math.min(telling.fromAtMs, this.#nowMs) })
    this.#touch(telling.groupId, this.#nowMs)
  }

  #groupOf({ receiverId, key, mode, policy }: Pick<Addressee, 'receiverId' | 'key' | 'mode' | 'policy'>): TellGroup {
    const known = this.#groups.get(this.#groupIds.get(groupKeyOf({ receiverId, key })) ?? '')
    const group: TellGroup = {
      ...(known ?? { id: this.#newId(), receiverId, key, dueAtMs: null, toldAtMs: null, sequence: 0 }),
      ...{ mode, policy },
    }
    this.#keepGroup(group)
    this.#changedGroups.add(group.id)
    return group
  }

  /** Alerts are not as receivers know them any more. */
  noteNews(): void {
    for (const telling of [...this.#tellings.values()]) {
      const [group, alert] = [this.#groups.get(telling.groupId), this.#alerts.get(telling.alertId)]
      if (group === undefined || alert === undefined || telling.endToldAtMs !== null) continue
      const member: Member = { ...alert, telling }
      if (telling.toldAtMs === null && !isOpen(alert.alert)) this.#drop(telling)
      else if (hasNews(member)) this.#touch(group.id, Math.max(telling.fromAtMs, this.#nowMs + group.policy.waitMs))
      // It may have been silenced when it was its turn.
      else if (isRepeated(member, group))
        this.#touch(group.id, (group.toldAtMs ?? 0) + (group.policy.repeatMs ?? Infinity))
    }
  }

  /** @param isAsked whether to look at a group that is due; all alerts that it has to tell of have to be known */
  flush(isAsked: (group: TellGroup) => boolean): void {
    const members = Map.groupBy(this.#members(), ({ telling }) => telling.groupId)
    for (const group of [...this.#groups.values()]) {
      if (group.dueAtMs === null || group.dueAtMs > this.#nowMs || !isAsked(group)) continue
      const flushed = flushGroup(group, members.get(group.id) ?? [], this.#nowMs)
      this.#changeGroup(flushed.group)
      for (const telling of flushed.tellings) this.#changeTelling(telling)
      for (const telling of flushed.dropped) this.#drop(telling)
      for (const told of flushed.told) this.#told.push({ group, told })
    }
  }

  /** Whoever was told of them, and not of their end, is told that somebody looks after them. */
  acknowledge(): void {
    for (const member of this.#members()) {
      const group = this.#groups.get(member.telling.groupId)
      if (group === undefined || member.telling.toldAtMs === null) continue
      this.#told.push({ group, told: acknowledgementOf(group, member) })
      this.#changeGroup({ ...group, sequence: group.sequence + 1 })
    }
  }

  *#members(): Iterable<Member> {
    for (const telling of this.#tellings.values()) {
      const alert = this.#alerts.get(telling.alertId)
      if (alert !== undefined && telling.endToldAtMs === null) yield { ...alert, telling }
    }
  }

  changes(): TellingChanges {
    const of = <T>(ids: Set<string>, all: Map<string, T>): T[] =>
      [...ids].flatMap((id) => {
        const one = all.get(id)
        return one === undefined ? [] : [one]
      })
    return {
      groups: of(this.#changedGroups, this.#groups),
      tellings: of(this.#changedTellings, this.#tellings),
      ...{ dropped: this.#dropped, told: this.#told },
    }
  }

  #touch(groupId: string, atMs: number): void {
    const group = this.#groups.get(groupId)
    if (group === undefined || atMs === Infinity) return
    // Told at a time that lies ahead since somebody set the clock back, it does not wait for that.
    const toldAtMs = Math.min(group.toldAtMs ?? Number.NEGATIVE_INFINITY, this.#nowMs)
    const earliestMs = Math.max(atMs, toldAtMs + group.policy.intervalMs)
    if (group.dueAtMs === null || earliestMs < group.dueAtMs) this.#changeGroup({ ...group, dueAtMs: earliestMs })
  }

  #keepGroup(group: TellGroup): void {
    this.#groups.set(group.id, group)
    this.#groupIds.set(groupKeyOf(group), group.id)
  }

  #changeGroup(group: TellGroup): void {
    this.#groups.set(group.id, group)
    this.#changedGroups.add(group.id)
  }

  #changeTelling(telling: Telling): void {
    this.#tellings.set(keyOf(telling), telling)
    this.#changedTellings.add(keyOf(telling))
  }

  #drop(telling: Telling): void {
    this.#tellings.delete(keyOf(telling))
    this.#dropped.push(telling)
  }
}

function keyOf({ alertId, receiverId }: Pick<Telling, 'alertId' | 'receiverId'>): string {
  return `${alertId}\n${receiverId}`
}

function groupKeyOf({ receiverId, key }: Pick<TellGroup, 'receiverId' | 'key'>): string {
  return `${receiverId}\n${key}`
}

function hasNews(member: Member): boolean {
  const { alert, telling, isHidden } = member
  if (telling.toldAtMs === null) return isWorthTelling(member)
  return !isOpen(alert) || (isWorse(member) && !isHidden)
}
