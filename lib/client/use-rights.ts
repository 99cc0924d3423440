'use client'

import { useQuery } from '@tanstack/react-query'
import type { PersonAnswer } from '../api/schemas/session.ts'
import { isInScope, seesPayloads } from '../scope.ts'
import { personQuery } from './queries/session.ts'

type Permission = PersonAnswer['permissions'][number]

interface Place {
  clusterId: string
  topic: string
}

export interface Rights {
  /** Whether the role goes so far. */
  may(permission: Permission): boolean
  /** Whether it does, and this is one of the topics that the token is for. */
  mayChange(permission: Permission, place: Place): boolean
  seesPayloads(place: Place): boolean
}

/** What whoever is at the browser may do. Pages offer nothing else; the API is what refuses. */
export function useRights(): Rights {
  const person = useQuery(personQuery()).data
  const may = (permission: Permission): boolean => person?.permissions.includes(permission) === true
  return {
    may,
    mayChange: (permission, place) =>
      may(permission) && person !== undefined && isInScope(person.scope, toPlace(place)),
    // Until it is known nothing says that something was withheld.
    seesPayloads: (place) => person === undefined || seesPayloads(person.scope, toPlace(place)),
  }
}

function toPlace({ clusterId: cluster, topic }: Place): { cluster: string; topic: string } {
  return { cluster, topic }
}
