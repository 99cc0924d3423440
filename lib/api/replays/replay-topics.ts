/** Which topics a replay touches: the queue, and whatever it sends to. Pure. */
import type { ReplayJob } from '../../replay/replay-types.ts'
import { choosesByContent } from '../dlqs/dlq-query.ts'
import type { TopicNeed } from '../route-declaration.ts'
import type { CreateReplayInput } from '../schemas/replays.ts'

/** As it is asked for: targets that only the records tell are known with the plan, and asked about then. */
export function needsOfRequest({
  clusterId,
  topic,
  target,
  selection,
  edits,
  transform,
}: CreateReplayInput): TopicNeed[] {
  const queue = { cluster: clusterId, topic }
  // What nobody may see, nobody changes; and which records a change fits tells what is in them.
  const looks = choosesByContent(selection) || (edits ?? []).length > 0 || (transform ?? []).length > 0
  return [
    { ...queue, right: 'change' },
    ...(target.topic == null ? [] : [changes(target.clusterId ?? clusterId, target.topic)]),
    ...(looks ? [{ ...queue, right: 'payloads' } as const] : []),
  ]
}

export function needsOfJob({ request, plan }: Pick<ReplayJob, 'request' | 'plan'>): TopicNeed[] {
  const { clusterId, topic, target } = request
  const planned = plan?.targets.map((one) => one.topic) ?? []
  const targets = new Set(target.topic === null ? planned : [target.topic, ...planned])
  return [changes(clusterId, topic), ...[...targets].map((name) => changes(target.clusterId, name))]
}

function changes(cluster: string, topic: string): TopicNeed {
  return { cluster, topic, right: 'change' }
}
