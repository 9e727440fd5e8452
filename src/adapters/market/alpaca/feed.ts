import { type AlpacaAccess, endpoints } from '../../alpaca/access.ts'
import { AlpacaFailure } from '../../alpaca/failures.ts'
import { createRateBudget } from '../../alpaca/rate-budget.ts'
import { createDataApi } from './api.ts'

export interface FeedOptions {
  readonly access: AlpacaAccess
  readonly mode: 'paper' | 'live'
  readonly firstPauseMs?: number
}

/** Traded all day, on every feed. */
const probe = 'SPY'

/** The best feed that the plan of these keys includes; every plan has iex. @throws AlpacaFailure when Alpaca does not answer */
export async function entitledFeed({ access, mode, firstPauseMs }: FeedOptions): Promise<'sip' | 'iex'> {
  const urls = endpoints(access, mode)
  const budget = createRateBudget()
  const api = createDataApi({
    access,
    feed: 'sip',
    data: { url: urls.data, budget },
    trading: { url: urls.trading, budget },
    ...(firstPauseMs !== undefined && { firstPauseMs }),
  })
  try {
    await api.snapshots([probe])
    return 'sip'
  } catch (error) {
    if (error instanceof AlpacaFailure && error.status === 403) return 'iex'
    throw error
  }
}
