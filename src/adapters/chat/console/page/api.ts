import { signal } from '@preact/signals'
import type { Denial, Proposal } from './wire.ts'

/** True while the server wants a token: the page asks for it once. */
export const tokenNeeded = signal(false)

/** An RFC 9457 problem, as far as the page reads it. */
interface ProblemBody {
  readonly title?: string
  readonly detail?: string
  readonly code?: string
  readonly proposal?: Proposal
  readonly denials?: readonly Denial[]
}

/** What the server refused, with its reason. `status` 0: it could not be reached. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly proposal: Proposal | null
  constructor(status: number, body: ProblemBody) {
    super(body.detail || body.title || `The server answered ${status}.`)
    this.status = status
    this.code = body.code ?? ''
    const { proposal, denials } = body
    this.proposal = proposal ? { ...proposal, denials: denials ?? proposal.denials } : null
  }
}

/** How long a request may take before it counts as lost, milliseconds. */
const patience = 15_000

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const options = { ...init, credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(patience) } as const
  let response: Response
  try {
    response = await fetch(path, options)
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError'
    throw new Problem(0, { detail: late ? `No answer within ${patience / 1000} s.` : 'The server cannot be reached.' })
  }
  if (response.status === 401) tokenNeeded.value = true
  if (!response.ok) throw new Problem(response.status, (await response.json().catch(() => ({}))) as ProblemBody)
  return (await response.json()) as T
}

export const get = <T>(path: string): Promise<T> => request<T>(path, { headers: { accept: 'application/json' } })

export const post = <T>(path: string, body: object = {}): Promise<T> =>
  request<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  })

/** Anything that went wrong, in words for a person. */
export const explain = (error: unknown): string => (error instanceof Error ? error.message : String(error))
