/** What a route is, told as data: the wrapper enforces it and the OpenAPI document is made from it. */
import type { z } from 'zod'
import type { Principal } from '../auth/authenticator.ts'
import type { Permission } from '../auth/permissions.ts'
import type { Config } from '../config.ts'
import type { ErrorCode } from '../errors.ts'
import type { Locale } from '../i18n/locale.ts'
import { type Scope, seesPayloads, type TopicPlace } from '../scope.ts'
import type { ApiServices } from './services.ts'

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof METHODS)[number]

export interface RequestContext {
  services: ApiServices
  /** Null on public routes that were asked without proof. */
  principal: Principal | null
  /** Whose payloads the answer may show; of no topic's unless the route says that it shows some. */
  scope: Scope
  locale: Locale
  headers: Headers
  /** Added to the answer. */
  replyHeaders: Headers
  /** Instead of the declared status; null as long as that holds. */
  replyStatus: number | null
  /** What the audit log will say; handlers make it more exact. */
  audit: {
    /** The route's own; null: it leaves no entry, unless the handler says that this request does. */
    action: string | null
    actor: string
    target: string
    detail: Record<string, string | number> | null
  }
}

/** For whom an answer about one topic is made. */
export interface Audience {
  locale: Locale
  /** False: bytes of messages are withheld. */
  seesPayloads: boolean
}

export function audienceOf({ locale, scope }: RequestContext, place: TopicPlace): Audience {
  return { locale, seesPayloads: seesPayloads(scope, place) }
}

/** What a request takes of one topic: that it is changed, or that its payloads are read, searched or written anew. */
export interface TopicNeed extends TopicPlace {
  right: 'change' | 'payloads'
}

export interface RouteInput<P, Q, B> {
  params: P
  query: Q
  body: B
}

export interface RouteDeclaration<P, Q, B, A> {
  method: Method
  /** From the root, with `{names}` of its parameters; the file under `app` has the same path. */
  path: string
  summary: string
  /** `public` answers without any proof. */
  permission: Permission | 'public'
  /**
   * What it needs beside the permission, of which topics: the wrapper refuses whoever lacks any of it. Every route whose
   * permission is about topics says so.
   */
  needs?(input: RouteInput<P, Q, B>, services: ApiServices): readonly TopicNeed[] | Promise<readonly TopicNeed[]>
  /** Its answer holds bytes of messages, or what people wrote about them: withheld from whom the scope says. */
  showsPayloads?: true
  /** When the configuration opens it to everybody. */
  isPublic?(config: Config): boolean
  /** Answers while the database does not: whoever proved lately who they are is not looked up again. */
  needsNoDatabase?: true
  params?: z.ZodType<P>
  query?: z.ZodType<Q>
  body?: z.ZodType<B>
  /** Of a body that may be larger than others, at most; see `request-input.ts`. */
  maxBodyBytes?: number
  /** Null: an answer without a body. */
  answer: z.ZodType<A> | null
  status?: 200 | 201 | 202 | 204
  /** A status that `replyStatus` may choose instead, with the same answer. */
  otherStatus?: 202
  /** `text/plain…` answers are text as they are. */
  contentType?: string
  /** What the handler may choose instead, by setting the header itself. */
  otherContentTypes?: readonly string[]
  /** The answer is sent piece by piece as it comes: `answer` describes one line of it. See `defineStream`. */
  isStream?: true
  /** Verb phrase of the audit log; everything that changes something has one. */
  auditAction?: string
  /** Beside those that every route may answer. */
  errors?: readonly ErrorCode[]
  handler(input: RouteInput<P, Q, B>, context: RequestContext): Promise<A> | A
}

/** A declaration whose types were checked where it was written. */
export type Route = RouteDeclaration<unknown, unknown, unknown, unknown>

export function defineRoute<P = unknown, Q = unknown, B = unknown, A = unknown>(
  declaration: RouteDeclaration<P, Q, B, A>,
): Route {
  return declaration as unknown as Route
}

/** Of a route whose answer may be longer than memory: pieces of text that are made when the client takes them. */
export interface StreamDeclaration<P, Q, A> extends Omit<RouteDeclaration<P, Q, unknown, A>, 'handler' | 'isStream'> {
  contentType: string
  /**
   * What fails before the first piece is answered as a problem. What fails later ends the connection, so that nobody takes
   * the part for the whole.
   */
  handler(
    input: RouteInput<P, Q, unknown>,
    context: RequestContext,
  ): AsyncIterable<string> | Promise<AsyncIterable<string>>
}

export function defineStream<P = unknown, Q = unknown, A = unknown>(declaration: StreamDeclaration<P, Q, A>): Route {
  return { ...declaration, isStream: true } as unknown as Route
}

/** Of a route whose path names the topic that it changes. */
export function changesTopic({ params }: { params: TopicPlace }): TopicNeed[] {
  return [{ cluster: params.cluster, topic: params.topic, right: 'change' }]
}
