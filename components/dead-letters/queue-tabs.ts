export const QUEUE_TABS = ['causes', 'messages'] as const
export type QueueTab = (typeof QUEUE_TABS)[number]

export function parseQueueTab(text: string | string[] | undefined): QueueTab {
  return QUEUE_TABS.find((tab) => tab === text) ?? 'causes'
}
