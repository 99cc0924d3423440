/**
 * Settings that one topic is kept by, its own or those of its brokers (see `setting-names.ts`), read and changed on demand
 * and never by a poll. Only what is named is changed; other settings stay as they are. On RocketMQ also settings of a group,
 * whose name then stands for the topic's.
 */
import type { Fault } from './fault.ts'

export interface TopicSetting {
  name: string
  /** What the topic itself, or the broker, says; null: nothing, so that a default of the brokers is in effect. */
  override: string | null
  /**
   * What is in effect where the topic's partitions are led, or on the broker: one value, several where the brokers' defaults
   * differ, none where the cluster knows no such setting.
   */
  effective: string[]
}

export interface TopicSettingsRead {
  /** Changes when the topic is created anew; null where the system has none. */
  topicId: string | null
  /** In the order of the names, without those that are unanswered. */
  settings: TopicSetting[]
  /** Settings of brokers that cannot be asked now. */
  unanswered: { name: string; fault: Fault }[]
}

export interface TopicSettingsAccess {
  /**
   * A topic's own settings as the brokers know them that lead its partitions, as far as they answer; while they do not
   * agree, as for a moment after a change, they are asked again. Settings of a broker as it says itself, whether the topic is
   * there or not.
   *
   * @throws MessageAccessError `topicDeleted` when a topic whose own settings are asked for is not there
   */
  read(topic: string, names: readonly string[], signal: AbortSignal): Promise<TopicSettingsRead>

  /**
   * Those of the topic, and those of each broker, all at once or none; `override` null deletes the topic's own value.
   * Resolves when the brokers know of it.
   *
   * @throws MessageAccessError; not `retriable`: the cluster refused, and nothing was changed. `retriable`: nobody knows;
   *   `read` tells.
   */
  change(
    topic: string,
    changes: readonly { name: string; override: string | null }[],
    signal: AbortSignal,
  ): Promise<void>

  close(): Promise<void>
}
