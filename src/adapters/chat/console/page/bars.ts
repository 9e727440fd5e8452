import { type Signal, signal } from '@preact/signals'
import { get } from './api.ts'
import { extend, lastOf } from './plan.ts'
import { quoteOf } from './store.ts'
import type { Bar } from './wire.ts'

/** The last bars of the symbols on the page, kept current by their quotes. */
interface Series {
  readonly bars: Signal<readonly Bar[]>
  readonly stop: () => void
  fetchedAt: number
}
const count = 120
const kept = 16
/** Refetched when older than this, milliseconds: volume and missed ticks come with it. */
const fresh = 60_000
const known = new Map<string, Series>()

function open(symbol: string): Series {
  const bars = signal<readonly Bar[]>([])
  const stop = quoteOf(symbol).subscribe((quote) => {
    const last = lastOf(quote)
    if (quote !== null && last !== null && bars.peek().length > 0) bars.value = extend(bars.peek(), last, Date.parse(quote.at), count * 2)
  })
  return { bars, stop, fetchedAt: Number.NEGATIVE_INFINITY }
}

export function barsOf(symbol: string): Signal<readonly Bar[]> {
  const series = known.get(symbol) ?? open(symbol)
  // Used last, dropped last.
  known.delete(symbol)
  known.set(symbol, series)
  for (const [oldest, dropped] of known) {
    if (known.size <= kept) break
    dropped.stop()
    known.delete(oldest)
  }
  const now = performance.now()
  if (now - series.fetchedAt > fresh) {
    series.fetchedAt = now
    get<{ items: readonly Bar[] }>(`/api/v1/bars?symbol=${encodeURIComponent(symbol)}&timeframe=1m&count=${count}`).then(
      (page) => {
        series.bars.value = [...page.items].toSorted((a, b) => a.time - b.time)
      },
      () => {
        // No picture is not worth an alarm: the figures stand without it, and the next look asks again.
        series.fetchedAt = now - fresh + 5000
      },
    )
  }
  return series.bars
}
