/** Whether a consumer of Kafka may pass over messages without having worked on them. */
import { about, finding, type Rule, toSafe } from './rule.ts'

export const commits: Rule = ({ settings }) => {
  const judged = settings.get('commit')
  if (judged === null) return []
  const store = settings.get('offsetStore')
  switch (judged.value) {
    case 'early':
      // librdkafka commits what was stored: stored by the program after its work, that is safe.
      if (store?.value === false) return [about(store, 'commitOfStored', 'info')]
      return [about(judged, 'commitEarly', 'high', { change: store === null ? toSafe(judged) : toSafe(store) })]
    case 'nextPoll':
      return [about(judged, 'commitByPoll', 'high', { change: toSafe(judged) })]
    case 'handled':
      return [about(judged, 'commitOfHandled', 'info')]
    case 'manual':
      return [about(judged, 'commitUnseen', 'info')]
    default:
      return []
  }
}

/** Spring's listener container commits; how is told by its mode. */
export const ackMode: Rule = ({ settings }) => {
  const judged = settings.get('ackMode')
  if (judged === null || settings.value('commit') !== 'handled') return []
  const isManual = judged.value === 'manual' || judged.value === 'manual_immediate'
  return isManual ? [about(judged, 'ackModeManual', 'info')] : []
}

/** Spring's own error handler gives up after ten tries, and the record is passed over. */
export const springErrorHandler: Rule = ({ settings }) =>
  settings.table.client === 'springBoot' && settings.roles.includes('consumer')
    ? [finding('springErrorHandler', 'info')]
    : []

export const offsetReset: Rule = ({ settings }) => {
  const judged = settings.get('offsetReset')
  if (judged === null) return []
  if (judged.value === 'latest') return [about(judged, 'resetLatest', 'high', { change: toSafe(judged) })]
  if (judged.value === 'none') return [about(judged, 'resetNone', 'info')]
  return typeof judged.value === 'string' && judged.value.startsWith('by_duration')
    ? [about(judged, 'resetByDuration', 'info')]
    : []
}

export const isolation: Rule = ({ settings }) => {
  const judged = settings.get('isolation')
  if (judged === null || judged.value !== 'read_uncommitted') return []
  return [about(judged, 'readsUncommitted', 'warning', { change: toSafe(judged) })]
}
