import { setTimeout as pause } from 'node:timers/promises'
import type { marketData, trading } from '@alpacahq/alpaca-trade-api'
import type { z } from 'zod'
import type { SendPermit } from '../../ports/leadership.ts'
import type { AlpacaKeys } from './access.ts'
import { AlpacaFailure, failureOf } from './failures.ts'
import type { Priority, RateBudget } from './rate-budget.ts'

/** What the library's raw calls come back with. */
interface RawAnswer {
  readonly raw: Response
  value(): Promise<unknown>
}

export interface Asked<T> {
  readonly priority: Priority
  readonly send: () => Promise<RawAnswer>
  /** What the body must be; undefined when there is none (204). */
  readonly shape: z.ZodType<T>
  /** Gives up, unsent, when its turn does not come within this many milliseconds. */
  readonly withinMs?: number
  /** Asked after every wait, right before the request leaves. */
  readonly permit?: SendPermit | undefined
}

export interface Rest {
  /** One request, whatever comes of it. @throws AlpacaFailure */
  once<T>(asked: Asked<T>): Promise<T>
  /** A request that may be made again: three more tries, 1, 2 and 4 seconds apart, when nothing was refused. @throws AlpacaFailure */
  read<T>(asked: Asked<T>): Promise<T>
}

export interface RestOptions {
  readonly access: AlpacaKeys
  readonly budget: RateBudget
  /** The first pause between two tries of a read. */
  readonly firstPauseMs?: number
}

const mostTries = 4
/** An answer that takes longer than this is lost. */
const timeoutMs = 10_000

/**
 * How the library's API classes are set up: its own limiter (first come, first served) and its own retries stay off, no
 * redirect is followed, and every answer's count of what is left goes to the budget.
 */
export function clientOptions(
  { access, budget }: RestOptions,
  basePath: string,
): trading.ConfigurationParameters & marketData.ConfigurationParameters {
  return {
    basePath,
    keyId: access.keyId,
    secret: access.secretKey,
    timeoutMs,
    redirect: 'error',
    async fetchApi(url, init) {
      const response = await fetch(url, init)
      countFrom(response.headers, budget)
      return response
    },
  }
}

function countFrom(headers: Headers, budget: RateBudget): void {
  const figure = (name: string): number => Number(headers.get(`X-RateLimit-${name}`) ?? Number.NaN)
  const [limit, remaining, reset] = [figure('Limit'), figure('Remaining'), figure('Reset')]
  if (Number.isFinite(limit + remaining + reset)) budget.observe({ limit, remaining, resetAt: reset * 1000 })
}

export function createRest(options: RestOptions): Rest {
  const { access, budget, firstPauseMs = 1_000 } = options

  async function once<T>({ priority, send, shape, withinMs, permit }: Asked<T>): Promise<T> {
    if (!(await budget.take(priority, withinMs))) throw new AlpacaFailure('unsent', 'no room for it in the request budget of this minute')
    const obstacle = permit?.obstacle() ?? null
    if (obstacle !== null) throw new AlpacaFailure('withheld', obstacle)
    try {
      return await bodyOf(await send(), shape)
    } catch (error) {
      const failure = await failureOf(error, access, Date.now())
      if (failure.kind === 'limited') budget.blockUntil(failure.retryAt ?? 0)
      throw failure
    }
  }

  async function read<T>(asked: Asked<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await once(asked)
      } catch (error) {
        const final = !(error instanceof AlpacaFailure) || error.kind === 'refused' || error.kind === 'unsent'
        if (final || tries === mostTries) throw error
        // After 429 the budget itself waits as long as it must.
        if (error.kind !== 'limited') await pause(firstPauseMs * 2 ** (tries - 1))
      }
    }
  }
  return { once, read }
}

/** @throws AlpacaFailure `unreadable`, or whatever breaks off in mid-body. */
async function bodyOf<T>(answer: RawAnswer, shape: z.ZodType<T>): Promise<T> {
  const { raw } = answer
  const requestId = raw.headers.get('X-Request-ID')
  // Without a body there is nothing to read; the library's own reader lets go of the connection.
  const body: unknown = await (raw.status === 204 ? answer.value() : raw.json())
  const parsed = shape.safeParse(body)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`)
  throw new AlpacaFailure('unreadable', `HTTP ${raw.status}: ${where.slice(0, 3).join('; ')}`, { status: raw.status, requestId })
}
