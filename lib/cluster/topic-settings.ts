/**
 * Settings of one topic, read and changed on demand and never by a poll. Only what is named is changed; the topic's other
 * settings stay as they are.
 */

export interface TopicSetting {
  name: string
  /** What the topic itself says; null: nothing, so that a default of the brokers is in effect. */
  override: string | null
  /**
   * What is in effect where the topic's partitions are led: one value, several where the brokers' defaults differ, none
   * where the cluster knows no such setting.
   */
  effective: string[]
}

export interface TopicSettingsRead {
  /** Changes when the topic is created anew; null where the system has none. */
  topicId: string | null
  /** In the order of the names. */
  settings: TopicSetting[]
}

export interface TopicSettingsAccess {
  /**
   * As the brokers know them that lead the topic's partitions, as far as they answer. While they do not agree, as for a
   * moment after a change, they are asked again.
   *
   * @throws MessageAccessError `topicDeleted` when there is none
   */
  read(topic: string, names: readonly string[], signal: AbortSignal): Promise<TopicSettingsRead>

  /**
   * All of these at once or none; `override` null deletes the topic's own value. Resolves when the brokers that lead its
   * partitions know of it.
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
