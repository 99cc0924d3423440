'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import { DURABILITY_STATE, STATE_GROUND, STATE_TEXT, type StateLevel } from '../../lib/client/states.ts'
import type { ClusterKind } from '../../lib/cluster/snapshot.ts'
import { cn } from '../ui/cn.ts'
import { CommandLine } from '../ui/command-line.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { kafkaCommand, rocketmqCommand } from './repair-command.ts'
import { type TopicVerdict, type TopicVerdictCode, topicVerdict } from './topic-verdict.ts'

/** Healthy replicas do not make a safe topic: what the settings allow to be lost is something to watch. */
function levelOf(verdict: TopicVerdict): StateLevel {
  if (verdict.code === 'healthyLeaderOnly' || verdict.code === 'healthySingleCopy') return 'watch'
  return verdict.code === 'lastCopy' ? 'atRisk' : DURABILITY_STATE[verdict.durability]
}

/** In words: how safe the messages of this topic are, what that means, and what to do about it. */
export function TopicVerdictPanel({ topic, kind }: { topic: TopicDetailAnswer; kind: ClusterKind }): ReactElement {
  const t = useTranslations('topics.verdict')
  const states = useTranslations('states.level')
  const verdict = topicVerdict(topic)
  const level = levelOf(verdict)
  const words = useVerdictWords(verdict)
  const command = kind === 'kafka' ? kafkaCommand(verdict.code, topic.name) : rocketmqCommand(verdict.code)
  return (
    <section aria-label={words.title} className={cn('mb-4 flex gap-3 rounded-lg px-4 py-3', groundOf(level))}>
      <StateGlyph level={level} label="" sizePx={18} className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1 space-y-1">
        <p className="text-base">
          <strong className={cn('font-semibold', STATE_TEXT[level])}>{t('level', { level: states(level) })}</strong>{' '}
          {words.title}
        </p>
        <p className="max-w-prose text-ink2">{words.meaning}</p>
        {words.todo !== null && (
          <p className="max-w-prose text-ink2">
            <strong className="font-semibold text-ink">{t('todo')}</strong> {words.todo}
          </p>
        )}
        {verdict.unknownCount > 0 && verdict.code !== 'unknown' && (
          <p className="text-ink2">{t('someUnknown', { count: verdict.unknownCount, total: verdict.total })}</p>
        )}
        {command !== null && <CommandLine command={command} />}
      </div>
    </section>
  )
}

function groundOf(level: StateLevel): string {
  return level === 'safe' ? 'border border-line bg-panel' : STATE_GROUND[level]
}

interface VerdictWords {
  title: string
  meaning: string
  todo: string | null
}

function useVerdictWords(verdict: TopicVerdict): VerdictWords {
  const t = useTranslations('topics.verdict')
  const { missingBrokers, minIsr, replicationFactor } = verdict
  const facts = {
    count: verdict.count,
    total: verdict.total,
    copies: verdict.copies ?? 0,
    minIsr: minIsr ?? 1,
    replicationFactor: replicationFactor ?? 0,
    spare: Math.max(0, (replicationFactor ?? 0) - (minIsr ?? 1)),
    brokers:
      missingBrokers.length === 0
        ? t('noBrokers')
        : t('brokerList', { count: missingBrokers.length, names: missingBrokers.join(', ') }),
  }
  return {
    title: t(`${verdict.code}.title`, facts),
    meaning: t(`${verdict.code}.meaning`, facts),
    todo: hasTodo(verdict.code) ? t(`${verdict.code}.todo`, facts) : null,
  }
}

function hasTodo(code: TopicVerdictCode): code is Exclude<TopicVerdictCode, 'healthy'> {
  return code !== 'healthy'
}
