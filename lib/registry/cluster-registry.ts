/** Which clusters the console watches: those of the configuration file, and those added at run time. */
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import { SingleFlight } from '../db/single-flight.ts'
import type { Database } from '../db.ts'
import { HoldfastError } from '../errors.ts'
import { secretsOfCluster } from '../log.ts'
import { SealedConfigs, type SealedConfigsOptions } from './sealed-configs.ts'

export interface RegisteredCluster {
  config: ClusterConfig
  source: 'file' | 'runtime'
}

export interface ClusterRegistry {
  list(): Promise<RegisteredCluster[]>
  /** @throws HoldfastError `conflict`, `cluster_configured_in_file` */
  add(config: ClusterConfig, actor: string): Promise<void>
  /** Also forgets its newest poll and its expected brokers. @throws HoldfastError `cluster_not_found`, `cluster_configured_in_file` */
  remove(clusterId: string): Promise<void>
}

export interface ClusterRegistryOptions extends SealedConfigsOptions {
  fileClusters: readonly ClusterConfig[]
  /** Credentials are stored encrypted. */
  box: SealedConfigsOptions['box'] & { seal(plainText: string): string }
  now(): number
}

const UNIQUE_VIOLATION = 'P2002'

export function createClusterRegistry(database: Database, options: ClusterRegistryOptions): ClusterRegistry {
  const { client } = database
  const fromFile = options.fileClusters.map((config): RegisteredCluster => ({ config, source: 'file' }))
  const isInFile = (id: string): boolean => options.fileClusters.some((cluster) => cluster.id === id)
  const refuseFileCluster = (id: string): void => {
    if (isInFile(id)) throw new HoldfastError('cluster_configured_in_file', { cluster: id })
  }
  const opened = new SealedConfigs<ClusterConfig>(options, secretsOfCluster)
  const reads = new SingleFlight()
  return {
    async list() {
      const rows = await reads.run('rows', () => client.configuredCluster.findMany({ orderBy: { id: 'asc' } }))
      const stored = rows.filter((row) => !isInFile(row.id)).flatMap((row) => opened.open(row))
      return [...fromFile, ...stored.map((config): RegisteredCluster => ({ config, source: 'runtime' }))]
    },
    async add(config, actor) {
      refuseFileCluster(config.id)
      const sealedConfig = options.box.seal(JSON.stringify(config))
      const data = { id: config.id, sealedConfig, createdBy: actor, createdAtMs: BigInt(options.now()) }
      try {
        await client.configuredCluster.create({ data })
      } catch (error) {
        if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error
        throw new HoldfastError('conflict', { id: config.id }, { cause: error })
      } finally {
        reads.forget()
      }
    },
    async remove(clusterId) {
      refuseFileCluster(clusterId)
      const { count } = await client.configuredCluster.deleteMany({ where: { id: clusterId } })
      reads.forget()
      if (count === 0) throw new HoldfastError('cluster_not_found', { cluster: clusterId })
      await database.transaction(async (tx) => {
        await tx.clusterState.deleteMany({ where: { clusterId } })
        await tx.snapshotSection.deleteMany({ where: { clusterId } })
        await tx.expectedBroker.deleteMany({ where: { clusterId } })
      })
    },
  }
}
