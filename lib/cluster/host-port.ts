export interface HostPort {
  host: string
  port: number
}

const HIGHEST_PORT = 65_535

/** `host:port`, also `[::1]:9092`; null when it is neither. */
export function parseHostPort(text: string): HostPort | null {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(text.trim())
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host && port > 0 && port <= HIGHEST_PORT ? { host, port } : null
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Where to dial for an address that the cluster advertises; `addressMap` goes from one `host:port` to another. */
export function dialAddress(advertised: HostPort, addressMap: Readonly<Record<string, string>>): HostPort {
  const key = formatHostPort(advertised)
  const mapped = Object.hasOwn(addressMap, key) ? addressMap[key] : undefined
  return (mapped === undefined ? null : parseHostPort(mapped)) ?? advertised
}
