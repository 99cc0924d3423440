/**
 * Tells receivers of alerts: written into the outbox in the transaction of what it tells, or of the decision that its time has
 * come. See README.md.
 */
import { randomBytes } from 'node:crypto'
import { type ChangeTeller, readAlertsById, type StoredAlert } from '../alerting/alert-store.ts'
import type { Silence } from '../alerting/silences.ts'
import { hasFired } from '../alerts/alert.ts'
import type { AlertChanges } from '../alerts/evaluate.ts'
import { alertMuteFinder, isSilencing, silenceFinder } from '../alerts/hidden.ts'
import { type Route, routeLabelsOf } from '../alerts/route.ts'
import type { ClusterKind, SubjectRef } from '../cluster/snapshot.ts'
import type { Labels } from '../config/owners.ts'
import type { Receiver } from '../config/receivers.ts'
import { inParts } from '../db/in-parts.ts'
import type { Database, TransactionClient } from '../db.ts'
import type { Mute } from '../registry/mutes.ts'
import { type Addressee, addresseeFinder, placeKeyOf, takesAcknowledgements, tellModeOf } from './addressees.ts'
import { isWorthTelling, type TellableAlert } from './flush-group.ts'
import type { TellGroup, Telling } from './telling.ts'
import { TellingDraft } from './telling-draft.ts'
import {
  hasDueGroups,
  lockTellings,
  readDueGroups,
  readGroups,
  readGroupsByKey,
  readMembersOf,
  readTellingsOf,
  writeTellings,
} from './telling-store.ts'

export interface TellerOptions {
  database: Database
  routes: readonly Route[]
  receivers: { list(): Promise<{ receiver: Receiver }[]> }
  silences: { list(): Promise<Silence[]> }
  mutes: { list(): Promise<Mute[]> }
  clusters: { list(): Promise<{ config: { id: string; kind: ClusterKind } }[]> }
  labelsOf(clusterId: string, subject: SubjectRef): Labels
  now(): number
}

/** Groups in one transaction: no poll waits longer than for these. */
const MOST_GROUPS = 100
const ID_BYTES = 12

/** What decides at one moment who is told. */
interface Moment {
  nowMs: number
  /** Changes with whatever may make an alert be told that was not told before. */
  signature: string
  modes: ReadonlyMap<string, TellGroup['mode']>
  /** Receivers that are told of acknowledgements. */
  acknowledging: ReadonlySet<string>
  tellableOf(alert: StoredAlert): TellableAlert
  addresseesOf(alert: TellableAlert): Addressee[]
}

export class Teller implements ChangeTeller {
  readonly #options: TellerOptions
  /** As of the last look at everything; null: this process had none. */
  #reviewed: string | null = null

  constructor(options: TellerOptions) {
    this.#options = options
  }

  async prepare(clusterId: string, { changed, transitions }: AlertChanges): ReturnType<ChangeTeller['prepare']> {
    const ids = new Set(transitions.map(({ alertId }) => alertId))
    const alerts = changed.filter((alert) => ids.has(alert.id) && (hasFired(alert) || alert.endedAtMs !== null))
    const moment = alerts.length === 0 ? null : await this.#moment()
    // Nobody is there who could be told.
    if (moment === null || moment.modes.size === 0) return async () => undefined
    return async (tx) => {
      await lockTellings(tx, this.#options.database.kind)
      const stored = await withAcknowledgements(
        tx,
        alerts.map((alert) => ({ ...alert, clusterId })),
      )
      await this.#tellOf(tx, stored, moment)
    }
  }

  /** Of one alert, in the transaction of its acknowledgement. */
  async prepareAcknowledgement(alertId: string): ReturnType<ChangeTeller['prepareAcknowledgement']> {
    const moment = await this.#moment()
    if (moment.acknowledging.size === 0) return async () => undefined
    return async (tx) => {
      await lockTellings(tx, this.#options.database.kind)
      const known = await readTellingsOf(tx, [alertId])
      const tellings = known.filter(({ receiverId }) => moment.acknowledging.has(receiverId))
      const groups = await readGroups(
        tx,
        tellings.map(({ groupId }) => groupId),
      )
      const draft = await this.#draft(tx, { groups, tellings, known: [] }, moment)
      draft.acknowledge()
      await writeTellings(tx, draft.changes(), moment.nowMs)
    }
  }

  /** What has waited for its time, such as the rest of a group, or for a repeat. @returns whether there may be more */
  async tellDue(): Promise<boolean> {
    const { database, now } = this.#options
    if (!(await hasDueGroups(database.client, now()))) return false
    const moment = await this.#moment()
    return this.#locked(async (tx) => {
      const groups = await readDueGroups(tx, moment.nowMs, MOST_GROUPS)
      const tellings = await readMembersOf(
        tx,
        groups.map(({ id }) => id),
      )
      const draft = await this.#draft(tx, { groups, tellings, known: [] }, moment)
      draft.flush(() => true)
      await writeTellings(tx, draft.changes(), moment.nowMs)
      return groups.length === MOST_GROUPS
    })
  }

  /** Looks at all that is open or was not told to its end, when something else decides now who is told. */
  async review(): Promise<void> {
    const moment = await this.#moment()
    if (moment.signature === this.#reviewed) return
    const { client } = this.#options.database
    const open = await client.alert.findMany({
      where: { endedAtMs: null, firedAtMs: { not: null } },
      select: { id: true },
    })
    const untold = await client.alertTelling.findMany({ where: { endToldAtMs: null }, select: { alertId: true } })
    const ids = new Set([...open.map(({ id }) => id), ...untold.map(({ alertId }) => alertId)])
    for (const some of inParts([...ids])) {
      await this.#locked(async (tx) => this.#tellOf(tx, await readAlertsById(tx, some), moment))
    }
    this.#reviewed = moment.signature
  }

  /** Of what was not delivered for too long and still fires, somebody else is told. @returns whether there may be more */
  async failOver(): Promise<boolean> {
    const { database, now } = this.#options
    const overdue = { failoverAtMs: { lte: BigInt(now()) } }
    if ((await database.client.delivery.findFirst({ where: overdue, select: { id: true } })) === null) return false
    const moment = await this.#moment()
    return this.#locked(async (tx) => {
      const rows = await tx.delivery.findMany({ where: overdue, select: { id: true, source: true }, take: MOST_GROUPS })
      const ids = rows.map(({ id }) => id)
      const groups = await readGroups(
        tx,
        rows.map(({ source }) => source),
      )
      const groupOf = new Map(rows.map(({ id, source }) => [id, groups.find((group) => group.id === source)]))
      const told = Map.groupBy(
        await tx.deliveryAlert.findMany({ where: { deliveryId: { in: ids } } }),
        ({ alertId }) => alertId,
      )
      await this.#tellOf(tx, await readAlertsById(tx, [...told.keys()]), moment, (alert) =>
        (told.get(alert.id) ?? []).flatMap(({ deliveryId }) => insteadOf(groupOf.get(deliveryId), alert, moment)),
      )
      await tx.delivery.updateMany({ where: { id: { in: ids } }, data: { failoverAtMs: null } })
      return rows.length === MOST_GROUPS
    })
  }

  /** Groups that nothing is told of any more, since their alerts are forgotten. */
  async prune(): Promise<void> {
    await this.#locked(async (tx) => {
      await tx.$executeRaw`DELETE FROM "AlertGroup" WHERE NOT EXISTS (
        SELECT 1 FROM "AlertTelling" WHERE "groupId" = "AlertGroup"."id")`
    })
  }

  async #locked<T>(work: (tx: TransactionClient) => Promise<T>): Promise<T> {
    const { database } = this.#options
    return database.transaction(async (tx) => {
      await lockTellings(tx, database.kind)
      return work(tx)
    })
  }

  /** @param addresseesOf of an alert that somebody is to be told; by default, those of the routes */
  async #tellOf(
    tx: TransactionClient,
    alerts: readonly StoredAlert[],
    moment: Moment,
    addresseesOf: (alert: StoredAlert) => Addressee[] = (alert) => moment.addresseesOf(moment.tellableOf(alert)),
  ): Promise<void> {
    const ids = alerts.map(({ id }) => id)
    const tellings = await readTellingsOf(tx, ids)
    const joining = new Map(
      alerts.flatMap((alert) => (isWorthTelling(moment.tellableOf(alert)) ? [[alert.id, addresseesOf(alert)]] : [])),
    )
    const known = await readGroups(tx, [...new Set(tellings.map(({ groupId }) => groupId))])
    const groups = new Map(
      [...known, ...(await readGroupsByKey(tx, [...joining.values()].flat()))].map((one) => [one.id, one]),
    )
    // Of what is told at once, all has to be known: the end of the episode before may wait there.
    const atOnce = [...groups.values()].filter(({ mode }) => mode === 'each').map(({ id }) => id)
    const others = await readMembersOf(tx, atOnce)
    const draft = await this.#draft(
      tx,
      { groups: [...groups.values()], tellings: [...others, ...tellings], known: alerts },
      moment,
    )
    for (const [id, addressees] of joining) draft.join(id, addressees)
    draft.noteNews()
    draft.flush(({ mode }) => mode === 'each')
    await writeTellings(tx, draft.changes(), moment.nowMs)
  }

  async #draft(
    tx: TransactionClient,
    { groups, tellings, known }: { groups: TellGroup[]; tellings: Telling[]; known: readonly StoredAlert[] },
    moment: Moment,
  ): Promise<TellingDraft> {
    const missing = new Set(tellings.map(({ alertId }) => alertId))
    for (const { id } of known) missing.delete(id)
    const alerts = [...known, ...(await readAlertsById(tx, [...missing]))]
    const tellable = new Map(alerts.map((alert) => [alert.id, moment.tellableOf(alert)]))
    return new TellingDraft({ alerts: tellable, tellings, groups }, moment.nowMs, newId)
  }

  async #moment(): Promise<Moment> {
    const { receivers, silences, mutes, clusters, routes, labelsOf, now } = this.#options
    const [registered, silenced, muted, watched] = await Promise.all([
      ...[receivers.list(), silences.list(), mutes.list(), clusters.list()],
    ] as const)
    const nowMs = now()
    const modes = new Map(registered.map(({ receiver }) => [receiver.id, tellModeOf(receiver)]))
    const kinds = new Map(watched.map(({ config }) => [config.id, config.kind]))
    const silencesOf = silenceFinder(silenced, nowMs)
    const mutesOf = new Map(watched.map(({ config: { id } }) => [id, alertMuteFinder(muted, id, nowMs)]))
    const find = addresseeFinder(routes, modes)
    const hiding = [
      ...silenced.filter((one) => isSilencing(one, nowMs)),
      ...muted.filter((one) => one.untilAtMs > nowMs),
    ]
    return {
      acknowledging: new Set(
        registered.flatMap(({ receiver }) => (takesAcknowledgements(receiver) ? [receiver.id] : [])),
      ),
      ...{ nowMs, modes, signature: JSON.stringify([hiding.map(({ id }) => id), [...modes]]) },
      tellableOf(alert) {
        const { clusterId, subject, inhibitedBy } = alert
        const isMuted = (mutesOf.get(clusterId)?.(alert).length ?? 0) > 0
        return {
          alert,
          // What is told of a cluster that is not watched any more is only that its alerts have ended.
          system: kinds.get(clusterId) ?? 'kafka',
          labels: { ...alert.labels, ...labelsOf(clusterId, subject) },
          isHidden: inhibitedBy !== null || isMuted || silencesOf(alert).length > 0,
        }
      },
      addresseesOf: ({ alert, labels }) => find(alert, routeLabelsOf(alert, alert.clusterId, labels.team)),
    }
  }
}

function newId(): string {
  return `g-${randomBytes(ID_BYTES).toString('base64url')}`
}

/** Who is told at once when those of a group cannot be. */
function insteadOf(group: TellGroup | undefined, alert: StoredAlert, { modes }: Moment): Addressee[] {
  if (group === undefined || group.policy.failover === null) return []
  const { policy, key } = group
  const receiverId = group.policy.failover
  const mode = modes.get(receiverId) ?? 'together'
  const shared = { receiverId, position: 0, cause: 'failover', delayMs: 0, mode } as const
  const ownKey = mode === 'each' ? placeKeyOf(alert) : JSON.stringify({ failover: group.id, key })
  return [{ ...shared, key: ownKey, policy: { ...policy, waitMs: 0, failover: null } }]
}

/** What people wrote of alerts, which the collector does not know. */
async function withAcknowledgements(
  tx: TransactionClient,
  alerts: readonly Omit<StoredAlert, 'acknowledgedAtMs' | 'acknowledgedBy' | 'note'>[],
): Promise<StoredAlert[]> {
  const acknowledged = new Map<string, number>()
  for (const some of inParts(alerts.map(({ id }) => id))) {
    const rows = await tx.alert.findMany({
      ...{ where: { id: { in: some }, acknowledgedAtMs: { not: null } }, select: { id: true, acknowledgedAtMs: true } },
    })
    for (const { id, acknowledgedAtMs } of rows) acknowledged.set(id, Number(acknowledgedAtMs))
  }
  return alerts.map((alert) => {
    return { ...alert, acknowledgedAtMs: acknowledged.get(alert.id) ?? null, acknowledgedBy: null, note: null }
  })
}
