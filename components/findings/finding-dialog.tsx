'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { FindingAnswer } from '../../lib/api/schemas/findings.ts'
import { rulesQuery } from '../../lib/client/queries/findings.ts'
import { useClusterKind } from '../../lib/client/use-cluster-kind.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { FactList } from '../topics/fact-list.tsx'
import { CommandLine } from '../ui/command-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SubjectLink } from '../ui/subject-link.tsx'

/** One finding in full: what is so, why it can cost messages, since when, and what to do with the exact commands. */
export function FindingDialog({ finding, onClose }: { finding: FindingAnswer; onClose(): void }): ReactElement {
  const t = useTranslations('risk')
  const severities = useTranslations('states.severity')
  const format = useFormat()
  const { clusterId, subject, labels } = finding
  const kind = useClusterKind(clusterId)
  const rules = useQuery(rulesQuery()).data?.items
  const rule = rules?.find(({ code, system }) => code === finding.code && (system === null || system === kind))
  return (
    <Dialog open wide onOpenChange={(open) => (open ? undefined : onClose())} title={finding.title}>
      <p className="max-w-prose">{finding.message}</p>
      <Section title={t('why')}>{rule === undefined ? null : <p className="max-w-prose">{rule.why}</p>}</Section>
      <Section title={t('todo')}>
        {rule === undefined ? null : <p className="max-w-prose">{rule.fix}</p>}
        <Steps finding={finding} />
      </Section>
      <div className="mt-4">
        <FactList
          facts={[
            [t('columns.severity'), severities(finding.severity)],
            [
              t('columns.subject'),
              <SubjectLink key="subject" clusterId={clusterId} subject={subject}>
                {subject.name === '' ? clusterId : subject.name}
              </SubjectLink>,
            ],
            [t('columns.cluster'), clusterId],
            ...(labels.team === undefined ? [] : ([[t('columns.team'), labels.team]] as const)),
            [t('columns.since'), format.exact(Date.parse(finding.since))],
            [
              t('code'),
              <code key="code" className="font-mono font-normal text-xs">
                {finding.code}
              </code>,
            ],
          ]}
        />
      </div>
    </Dialog>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section className="mt-4 space-y-1 text-ink2">
      <h3 className="font-semibold text-ink">{title}</h3>
      {children}
    </section>
  )
}

function Steps({ finding }: { finding: FindingAnswer }): ReactElement | null {
  if (finding.fix.length === 0) return null
  return (
    <ol className="mt-2 list-decimal space-y-2 pl-5">
      {finding.fix.map(({ title, command }) => (
        <li key={`${title} ${command}`}>
          {title}
          {command === null ? null : <CommandLine command={command} />}
        </li>
      ))}
    </ol>
  )
}
