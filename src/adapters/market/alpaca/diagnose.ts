import { type AlpacaAccess, endpoints } from '../../alpaca/access.ts'
import { AlpacaFailure } from '../../alpaca/failures.ts'
import { createRateBudget } from '../../alpaca/rate-budget.ts'
import { createDataApi } from './api.ts'

interface Finding {
  readonly good: boolean
  readonly text: string
}

export interface FeedOptions {
  readonly access: AlpacaAccess
  readonly firstPauseMs?: number
}

/** Traded all day, on every feed. */
const probe = 'SPY'

/** The best feed that the plan of these keys includes. @throws AlpacaFailure when neither answers */
export async function entitledFeed(options: FeedOptions): Promise<'sip' | 'iex'> {
  return (await tryFeed(options, 'sip')) ? 'sip' : 'iex'
}

/** Whether the wanted feed may be had, and what to do if not. Never rejects. */
export async function diagnoseAlpacaMarket(options: FeedOptions & { readonly feed: 'iex' | 'sip' }): Promise<readonly Finding[]> {
  const { feed } = options
  try {
    if (await tryFeed(options, feed)) return [{ good: true, text: `Alpaca market data: ${feed} may be used` }]
    const other = feed === 'sip' ? 'the plan does not include it: use iex, or take a plan with sip' : 'the keys may not use it'
    return [{ good: false, text: `Alpaca market data: ${feed}: ${other}` }]
  } catch (error) {
    const words = error instanceof AlpacaFailure ? error.reason : String(error)
    return [{ good: false, text: `Alpaca market data: ${words}` }]
  }
}

async function tryFeed({ access, firstPauseMs }: FeedOptions, feed: 'iex' | 'sip'): Promise<boolean> {
  const urls = endpoints(access)
  const budget = createRateBudget()
  const api = createDataApi({
    access,
    feed,
    data: { url: urls.data, budget },
    trading: { url: urls.trading, budget },
    ...(firstPauseMs !== undefined && { firstPauseMs }),
  })
  try {
    await api.snapshots([probe])
    return true
  } catch (error) {
    if (error instanceof AlpacaFailure && error.status === 403) return false
    throw error
  }
}
