import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Role } from '../domain/people.ts'
import type { Actor } from '../ports/chat.ts'
import type { EventMeta } from '../ports/event-store.ts'
import type { App } from './app.ts'
import type { Command } from './command.ts'
import type { Operations } from './operations.ts'

/** One HTTP operation, free of any framework. The server parses, authorizes, runs, and documents it in /openapi.json. */
export interface Route<Params extends z.ZodType = z.ZodType, Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> {
  /** Unique; the operationId in the OpenAPI document. */
  readonly name: string
  readonly method: 'GET' | 'POST'
  /** Fastify's notation: `/api/v1/proposals/:id/approve`. */
  readonly path: string
  readonly summary: string
  /** Null: open (health, the page, the signed webhook). */
  readonly role: Role | null
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  /** Largest body in bytes; default 16 KiB. */
  readonly bodyLimit?: number
  /** Reads `rawBody` by itself: a form is taken as well as JSON, and neither is parsed. */
  readonly raw?: true
  /** Looks at a request before its body is even parsed (a signature). An answer refuses it. */
  admit?(request: AdmissionRequest): Answer | null
  /** Problems that a schema cannot see, reported together with the schema's own. The body is as it came: anything at all. */
  check?(body: unknown, app: App): readonly FieldProblem[]
  run(call: RouteCall<z.output<Params>, z.output<Query>, z.output<Body>>): Promise<Answer>
}
export type AdmissionRequest = Pick<RouteCall<unknown, unknown, unknown>, 'operations' | 'rawBody' | 'headers'>
/** `cookie` is a whole Set-Cookie value. limited: too many wrong tokens from this address. not_needed: no token is set. */
export type SignIn =
  | { readonly outcome: 'signed_in'; readonly cookie: string }
  | { readonly outcome: 'wrong_token' | 'limited' | 'not_needed' }
export interface RouteCall<Params, Query, Body> {
  readonly app: App
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** The unparsed body, for signatures. */
  readonly rawBody: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly actor: Actor
  readonly meta: EventMeta
  readonly commands: readonly Command[]
  readonly operations: Operations
  /** Trades the token for the cookie that stands for it. */
  signIn(token: string): SignIn
}
/** `problem` becomes an RFC 9457 document; a string body is sent as text with its content type. */
export interface Answer {
  readonly status: number
  readonly body: object | string | Readable
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}
export interface FieldProblem {
  readonly field: string
  readonly problem: string
}
export const json = (status: number, body: object): Answer => ({ status, body })
export const problem = (status: number, title: string, detail: string, extra: object = {}): Answer => ({
  status,
  contentType: 'application/problem+json',
  body: { type: 'about:blank', title, status, detail, ...extra },
})
export const defineRoute = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(route: Route<P, Q, B>): Route<P, Q, B> => route
