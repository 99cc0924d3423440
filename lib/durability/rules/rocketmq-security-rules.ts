/** Who may read, delete and reconfigure: a broker that lets everyone do so can lose every message at once. */
import type { Severity } from '../observation.ts'
import { memberRule } from './rocketmq-members.ts'
import { type BrokerRule, type Hit, hit, MISS, textOf } from './rule.ts'

interface Vulnerability {
  cve: string
  severity: Severity
  /** First and last version, by release line. */
  ranges: readonly { from: string; to: string; fixedIn: string }[]
}

/**
 * What the advisories say; a version beyond them may have more. The first two let whoever reaches a port run commands, the
 * third lets them read secrets, the fourth lets clients write beside the store. The second is a flaw of the NameServer,
 * whose version nobody tells: it is taken to be its brokers'. Where several hold, `fixedIn` of each is without that one.
 */
const VULNERABILITIES: readonly Vulnerability[] = [
  {
    ...{ cve: 'CVE-2023-33246', severity: 'high' },
    ranges: [
      { from: '4.0.0', to: '4.9.5', fixedIn: '4.9.7' },
      { from: '5.0.0', to: '5.1.0', fixedIn: '5.1.2' },
    ],
  },
  {
    ...{ cve: 'CVE-2023-37582', severity: 'high' },
    ranges: [
      { from: '4.0.0', to: '4.9.6', fixedIn: '4.9.7' },
      { from: '5.0.0', to: '5.1.1', fixedIn: '5.1.2' },
    ],
  },
  { cve: 'CVE-2024-23321', severity: 'warning', ranges: [{ from: '4.0.0', to: '5.2.0', fixedIn: '5.3.0' }] },
  // Only where topics are made when a client names them.
  { cve: 'CVE-2019-17572', severity: 'warning', ranges: [{ from: '4.2.0', to: '4.6.0', fixedIn: '4.6.1' }] },
]

export const ROCKETMQ_SECURITY_RULES: readonly BrokerRule[] = [
  memberRule('broker.vulnerableVersion', 'high', ({ id, version }) => {
    const rank = rankOf(version)
    if (version === null || rank === null) return 'unknown'
    return VULNERABILITIES.flatMap(({ cve, severity, ranges }): Hit[] => {
      const found = ranges.find(({ from, to }) => rank >= (rankOf(from) ?? 0) && rank <= (rankOf(to) ?? 0))
      return found === undefined
        ? []
        : [{ severity, part: cve, facts: { broker: id, version, cve, fixedIn: found.fixedIn } }]
    })
  }),
  memberRule('broker.noAuthentication', 'warning', ({ id, config }) => {
    // ACL 1.0 up to 5.3.2, ACL 2.0 from 5.3.0 on.
    const values = ['aclEnable', 'authenticationEnabled'].map((setting) => textOf(config, setting))
    if (values.includes('true')) return MISS
    return values.every((value) => value === null) ? 'unknown' : hit('warning', { broker: id })
  }),
]

/** Orders versions; null when the text is none. */
function rankOf(version: string | null): number | null {
  const found = /^(\d+)\.(\d+)\.(\d+)/.exec(version ?? '')
  if (found === null) return null
  const [major = 0, minor = 0, patch = 0] = found.slice(1).map(Number)
  return (major * 1_000 + minor) * 1_000 + patch
}
