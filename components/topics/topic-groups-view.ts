/** `=` asks for the whole name; with `:` the groups of `orders-dlq` would be listed under `orders` too. */
export function topicGroupsView(topic: string, view: { q: string; sort: string }): { q: string; sort: string } {
  return { q: `topic="${topic}" ${view.q}`.trim(), sort: view.sort }
}
