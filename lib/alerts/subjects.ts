/** Whether a subject is still there, and whether anybody could see that. */
import type { FactKind } from '../cluster/snapshot.ts'
import type { Observation, ObservedBroker, ObservedGroup, ObservedTopic } from '../durability/observation.ts'
import type { AlertSubject } from './alert-rule.ts'

/** What has to be read to know which of them there are. */
const LISTED_BY: Partial<Record<AlertSubject['type'], FactKind>> = {
  topic: 'metadata',
  broker: 'metadata',
  group: 'groups',
  nameServer: 'nameServers',
}

export class Subjects {
  readonly #observation: Observation
  #topics: ReadonlyMap<string, ObservedTopic> | null = null
  #groups: ReadonlyMap<string, ObservedGroup> | null = null

  constructor(observation: Observation) {
    this.#observation = observation
  }

  /** `unknown`: it is not listed, and the list could not be read. */
  presenceOf({ type, name }: Pick<AlertSubject, 'type' | 'name'>): 'there' | 'gone' | 'unknown' {
    const listedBy = LISTED_BY[type]
    if (listedBy === undefined || this.#isListed(type, name)) return 'there'
    const isUnread = this.#observation.facts.some(({ kind, faultCount }) => kind === listedBy && faultCount > 0)
    return isUnread ? 'unknown' : 'gone'
  }

  /** Of a subject that is there: whether its parts could be seen, so that one that is not among them is gone. */
  areItsPartsKnown({ type, name }: AlertSubject): boolean {
    if (type === 'topic') return this.topic(name)?.fault === null
    if (type === 'broker') return this.#broker(name)?.logDirs != null
    if (type !== 'group') return false
    const group = this.#group(name)
    return group?.fault === null && group.partitions !== null
  }

  topic(name: string): ObservedTopic | undefined {
    this.#topics ??= new Map(this.#observation.topics.map((topic) => [topic.name, topic]))
    return this.#topics.get(name)
  }

  #group(id: string): ObservedGroup | undefined {
    this.#groups ??= new Map(this.#observation.groups.map((group) => [group.id, group]))
    return this.#groups.get(id)
  }

  #broker(id: string): ObservedBroker | undefined {
    return this.#observation.brokers.find((broker) => broker.id === id)
  }

  #isListed(type: AlertSubject['type'], name: string): boolean {
    if (type === 'topic') return this.topic(name) !== undefined
    if (type === 'group') return this.#group(name) !== undefined
    if (type === 'broker') return this.#broker(name) !== undefined
    return this.#observation.nameServers?.some(({ address }) => address === name) === true
  }
}
