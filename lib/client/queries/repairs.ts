import type { QueryClient } from '@tanstack/react-query'
import type { RepairBody, RepairDoneAnswer, RepairPreviewAnswer } from '../../api/schemas/repairs.ts'
import { apiPath, apiSend } from '../api.ts'
import { clusterPath } from './clusters.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

/** Whose settings are to be mended. */
export interface RepairSubject {
  clusterId: string
  /** Nothing else is ever offered. */
  type: 'topic' | 'group'
  name: string
}

/** What the console would change about a finding of it. */
export function repairQuery(subject: RepairSubject, code: string): ResourceQuery<RepairPreviewAnswer> {
  return resourceQuery<RepairPreviewAnswer>([...keyOf(subject), code], () => apiPath(repairPath(subject), { code }))
}

export function startRepair(subject: RepairSubject, body: RepairBody): Promise<RepairDoneAnswer> {
  return apiSend<RepairDoneAnswer>('POST', repairPath(subject), body)
}

export async function forgetRepair(client: QueryClient, subject: RepairSubject): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: keyOf(subject) }),
    client.invalidateQueries({ queryKey: [`${subject.type}s`, subject.clusterId] }),
  ])
}

function keyOf({ clusterId, type, name }: RepairSubject): string[] {
  return ['repair', clusterId, type, name]
}

function repairPath({ clusterId, type, name }: RepairSubject): string {
  return clusterPath(clusterId, `/${type}s/${encodeURIComponent(name)}/repair`)
}
