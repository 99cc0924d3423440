export const TOPIC_TABS = ['durability', 'partitions', 'messages', 'groups', 'settings', 'history'] as const
export type TopicTab = (typeof TOPIC_TABS)[number]

export function parseTopicTab(text: string | string[] | undefined): TopicTab {
  return TOPIC_TABS.find((tab) => tab === text) ?? 'durability'
}
