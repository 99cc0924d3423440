/** Who can be told: the receivers of the configuration file, and those added at run time. */
import { type Receiver, secretsOfReceiver } from '../config/receivers.ts'
import { SingleFlight } from '../db/single-flight.ts'
import type { Database } from '../db.ts'
import { HoldfastError } from '../errors.ts'
import { SealedConfigs, type SealedConfigsOptions } from './sealed-configs.ts'

export interface RegisteredReceiver {
  receiver: Receiver
  source: 'file' | 'runtime'
  /** Null in the configuration file. */
  createdAtMs: number | null
  createdBy: string | null
}

export interface Receivers {
  /** Those of the file first, then by id. */
  list(): Promise<RegisteredReceiver[]>
  /** @throws HoldfastError `receiver_not_found` */
  get(id: string): Promise<RegisteredReceiver>
  /** `unreadable`: it is there, encrypted with another secret. Null: it is not there. */
  find(id: string): Promise<Receiver | 'unreadable' | null>
  /** Takes the place of one that is unreadable. @throws HoldfastError `conflict`, `receiver_in_file`, `receivers_too_many` */
  add(receiver: Receiver, actor: string): Promise<RegisteredReceiver>
  /** @returns null: it was unreadable. @throws HoldfastError `receiver_not_found`, `receiver_in_file` */
  remove(id: string): Promise<RegisteredReceiver | null>
}

export interface ReceiversOptions extends SealedConfigsOptions {
  fileReceivers: readonly Receiver[]
  /** Addresses, keys and passwords are stored encrypted. */
  box: SealedConfigsOptions['box'] & { seal(plainText: string): string }
  now(): number
}

const MOST_STORED = 200
const UNIQUE_VIOLATION = 'P2002'

export function createReceivers(database: Database, options: ReceiversOptions): Receivers {
  const table = database.client.configuredReceiver
  const fromFile = options.fileReceivers.map(
    (receiver): RegisteredReceiver => ({ receiver, source: 'file', createdAtMs: null, createdBy: null }),
  )
  const isInFile = (id: string): boolean => fromFile.some(({ receiver }) => receiver.id === id)
  const refuseOfFile = (id: string): void => {
    if (isInFile(id)) throw new HoldfastError('receiver_in_file', { receiver: id })
  }
  const opened = new SealedConfigs<Receiver>(options, secretsOfReceiver)
  const reads = new SingleFlight()
  const list = async (): Promise<RegisteredReceiver[]> => {
    const rows = await reads.run('rows', () => table.findMany({ orderBy: { id: 'asc' } }))
    const stored = rows.filter(({ id }) => !isInFile(id))
    return [
      ...fromFile,
      ...stored.flatMap((row) =>
        opened.open(row).map((receiver): RegisteredReceiver => {
          return { receiver, source: 'runtime', createdAtMs: Number(row.createdAtMs), createdBy: row.createdBy }
        }),
      ),
    ]
  }
  const get = async (id: string): Promise<RegisteredReceiver> => {
    const found = (await list()).find(({ receiver }) => receiver.id === id)
    if (found === undefined) throw new HoldfastError('receiver_not_found', { receiver: id })
    return found
  }
  return {
    list,
    get,
    async find(id) {
      const inFile = fromFile.find(({ receiver }) => receiver.id === id)
      if (inFile !== undefined) return inFile.receiver
      const row = await table.findUnique({ where: { id } })
      return row === null ? null : (opened.open(row)[0] ?? 'unreadable')
    },
    async add(receiver, createdBy) {
      refuseOfFile(receiver.id)
      const before = await table.findUnique({ where: { id: receiver.id } })
      if (before !== null && opened.open(before).length === 0) {
        await table.deleteMany({ where: { id: before.id, sealedConfig: before.sealedConfig } })
      }
      if ((await table.count()) >= MOST_STORED) throw new HoldfastError('receivers_too_many', { most: MOST_STORED })
      const createdAtMs = options.now()
      const sealedConfig = options.box.seal(JSON.stringify(receiver))
      try {
        await table.create({ data: { id: receiver.id, sealedConfig, createdBy, createdAtMs: BigInt(createdAtMs) } })
      } catch (error) {
        if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error
        throw new HoldfastError('conflict', { id: receiver.id }, { cause: error })
      } finally {
        reads.forget()
      }
      return { receiver, source: 'runtime', createdAtMs, createdBy }
    },
    async remove(id) {
      refuseOfFile(id)
      const found = (await list()).find(({ receiver }) => receiver.id === id)
      const { count } = await table.deleteMany({ where: { id } })
      reads.forget()
      if (count === 0) throw new HoldfastError('receiver_not_found', { receiver: id })
      return found ?? null
    },
  }
}
