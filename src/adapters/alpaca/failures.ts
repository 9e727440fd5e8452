import { errors } from '@alpacahq/alpaca-trade-api'
import { type AlpacaKeys, withoutKeys } from './access.ts'

/**
 * What is known about a request that did not go well.
 * refused: Alpaca itself said no, in its own JSON, so it did nothing. limited: 429, nothing was done either.
 * unsent: it never left. withheld: nor may it, from here, any more. broken: an answer that says nothing (5xx, a proxy's page). lost: no answer. unreadable: 200, with
 * something in it that is no answer. After the last three, anything may have happened.
 */
export type FailureKind = 'refused' | 'limited' | 'unsent' | 'withheld' | 'broken' | 'lost' | 'unreadable'

/** Shows no key, and holds nothing that could. */
export class AlpacaFailure extends Error {
  override readonly name = 'AlpacaFailure'
  readonly kind: FailureKind
  readonly status: number | null
  /** Alpaca's own number. */
  readonly code: number | null
  /** What Alpaca said besides, as it came. */
  readonly details: Readonly<Record<string, unknown>>
  /** Alpaca finds a request by it. */
  readonly requestId: string | null
  /** When to ask again; epoch milliseconds. */
  readonly retryAt: number | null

  constructor(
    kind: FailureKind,
    message: string,
    facts: Partial<Pick<AlpacaFailure, 'status' | 'code' | 'details' | 'requestId' | 'retryAt'>> = {},
  ) {
    super(message)
    this.kind = kind
    this.status = facts.status ?? null
    this.code = facts.code ?? null
    this.details = facts.details ?? {}
    this.requestId = facts.requestId ?? null
    this.retryAt = facts.retryAt ?? null
  }

  /** In words, with what Alpaca's support asks for. */
  get reason(): string {
    return this.requestId === null ? this.message : `${this.message} (Alpaca request ${this.requestId})`
  }
}

/** Whether the request certainly did nothing at Alpaca's end. */
export const didNothing = ({ kind }: AlpacaFailure): boolean => kind === 'refused' || kind === 'limited' || kind === 'unsent'

/** Gateways answer so before or after Alpaca has seen a request; nobody can tell. */
const undecided: ReadonlySet<number> = new Set([408, 425, 499])
const fallbackWaitMs = 2_000
const longestMessage = 300

/** Sorts what the client library threw. @param now epoch milliseconds. */
export async function failureOf(error: unknown, access: AlpacaKeys, now: number): Promise<AlpacaFailure> {
  if (error instanceof AlpacaFailure) return error
  const clean = (words: string): string => withoutKeys(access, words).slice(0, longestMessage)
  if (error instanceof errors.ApiError) return answered(error, clean, now)
  if (error instanceof SyntaxError) return new AlpacaFailure('unreadable', 'the answer is not what it should be')
  return new AlpacaFailure('lost', clean(wordsOf(error)))
}

/** The innermost cause says what happened; the library's own words do not. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof Error) return wordsOf(cause)
  return `no answer: ${error.message}`
}

async function answered(error: errors.ApiError, clean: (words: string) => string, now: number): Promise<AlpacaFailure> {
  const { status } = error
  const requestId = error.requestId ?? null
  const said = await bodyOf(error.response)
  const message = clean(`HTTP ${status}: ${said?.message ?? 'no reason given'}`)
  if (status === 429)
    return new AlpacaFailure('limited', message, { status, requestId, retryAt: now + (error.retryAfterMs ?? fallbackWaitMs) })
  if (said === null || status >= 500 || undecided.has(status)) return new AlpacaFailure('broken', message, { status, requestId })
  return new AlpacaFailure('refused', clean(said.message), { status, code: said.code, details: said.details, requestId })
}

/** Alpaca's JSON, or null when somebody else answered. */
async function bodyOf(response: Response): Promise<{ message: string; code: number | null; details: Record<string, unknown> } | null> {
  try {
    const body: unknown = JSON.parse(await response.text())
    if (typeof body !== 'object' || body === null || !('message' in body)) return null
    const { message, code, ...details } = body as Record<string, unknown>
    return { message: String(message), code: typeof code === 'number' ? code : null, details }
  } catch {
    return null
  }
}
