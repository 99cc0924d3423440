export const GROUP_TABS = ['lag', 'members', 'history'] as const
export type GroupTab = (typeof GROUP_TABS)[number]

export function parseGroupTab(text: string | string[] | undefined): GroupTab {
  return GROUP_TABS.find((tab) => tab === text) ?? 'lag'
}
