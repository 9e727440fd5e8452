import { readTypes } from './activities.ts'
import type { TradingApi } from './api.ts'
import { momentOf } from './mapper.ts'
import type { WireActivity } from './schema.ts'

/** What happened to the account, as Alpaca wrote it down. */
export interface History {
  /** Everything at or after a moment (epoch milliseconds), oldest first. */
  since(at: number): Promise<readonly WireActivity[]>
}

/** Fees are written down a day later, and weekends lie in between; what is older than this does not change any more. */
const openMs = 5 * 86_400_000

/** Years of an account are hundreds of pages, and are asked for whenever the books may be wrong: they are read once and kept. */
export function createHistory(api: TradingApi): History {
  let kept: readonly WireActivity[] = []
  /** `kept` is complete from here on, up to `openMs` before its newest. */
  let from = Number.POSITIVE_INFINITY

  return {
    async since(at) {
      const newest = kept.reduce((latest, activity) => Math.max(latest, momentOf(activity)), 0)
      const settled = at >= from ? newest - openMs : Number.NEGATIVE_INFINITY
      const found = await api.activities(readTypes, Math.max(at, settled))
      if (at >= from && at > settled) return found
      // What is still open is as it was told just now.
      const before = kept.filter((activity) => momentOf(activity) < settled)
      kept = at >= from ? [...before, ...found] : found
      from = Math.min(from, at)
      return kept.filter((activity) => momentOf(activity) >= at)
    },
  }
}
