import { type Decimal, decimal, divide, roundDown, text, zero } from '../../../../domain/decimal.ts'
import { ratio, read } from './format.ts'
import type { Bar, Position, Proposal, Quote } from './wire.ts'

/** The arithmetic behind a card and a row. Exact decimals throughout. */

/** Half the shares, rounded down to whole ones; null when that leaves none. */
export function half(quantity: string): string | null {
  const all = read(quantity)
  if (all === null) return null
  const some = roundDown(divide(all, decimal('2')), 0)
  return some.gt(zero) ? text(some) : null
}

/** What is lost at the stop for this many shares. */
export function riskFor(p: Pick<Proposal, 'limit_price' | 'stop_loss'>, quantity: string): Decimal | null {
  const [entry, stop, size] = [read(p.limit_price), read(p.stop_loss), read(quantity)]
  return entry && stop && size ? entry.minus(stop).abs().times(size) : null
}

/** A level's signed distance from the entry, in percent. */
export const distance = (level: string | null, entry: string): Decimal | null => {
  const [to, from] = [read(level), read(entry)]
  return to && from ? ratio(to.minus(from), from) : null
}

/** Reward over risk: 2 means the target is twice as far as the stop. */
export function payoff(p: Pick<Proposal, 'limit_price' | 'stop_loss' | 'take_profit'>): Decimal | null {
  const [entry, stop, target] = [read(p.limit_price), read(p.stop_loss), read(p.take_profit)]
  if (!entry || !stop || !target || entry.eq(stop)) return null
  return divide(target.minus(entry).abs(), entry.minus(stop).abs())
}

/** The price just before the news: the close of the last bar that ended by then. */
function priceBefore(bars: readonly Bar[], publishedAt: string): string | null {
  const then = Date.parse(publishedAt) / 1000
  return bars.findLast((b) => b.time < then)?.close ?? null
}

/** How far the price has gone since the news; since the card was priced when the bars do not reach back. */
export function moved(
  p: Pick<Proposal, 'limit_price' | 'published_at'>,
  bars: readonly Bar[],
  last: string | null,
): { readonly percent: Decimal; readonly since: 'news' | 'priced' } | null {
  const before = priceBefore(bars, p.published_at)
  const percent = distance(last, before ?? p.limit_price)
  return percent === null ? null : { percent, since: before === null ? 'priced' : 'news' }
}

/** Unrealized P&L at the newest price; the server's own figure when there is none. */
export function livePnl(p: Position, last: string | null): Decimal | null {
  const [now, entry, size] = [read(last), read(p.entry_price), read(p.quantity)]
  if (!now || !entry || !size) return read(p.unrealized_pnl)
  return (p.side === 'long' ? now.minus(entry) : entry.minus(now)).times(size)
}

/** What a quote says a share costs: the last trade, else the middle. */
export function lastOf(quote: Quote | null): string | null {
  if (quote === null) return null
  if (quote.last !== null) return quote.last
  const [bid, ask] = [read(quote.bid), read(quote.ask)]
  return bid && ask ? text(divide(bid.plus(ask), decimal('2'))) : null
}

/** Where a price stands between stop (0) and target (1), for a picture. */
export function progress(stop: string | null, target: string | null, now: string | null): number | null {
  const [low, high, at] = [read(stop), read(target), read(now)]
  if (!low || !high || !at || low.eq(high)) return null
  const share = Number(divide(at.minus(low), high.minus(low)).toFixed(4))
  return Math.min(1, Math.max(0, share))
}

/** The newest price goes into the last bar, or starts the next minute's. */
export function extend(bars: readonly Bar[], last: string, at: number, limit: number): readonly Bar[] {
  const final = bars.at(-1)
  const [now, high, low] = [read(last), read(final?.high), read(final?.low)]
  if (!final || !now || !high || !low) return bars
  const minute = Math.floor(at / 60_000) * 60
  if (minute < final.time) return bars
  if (minute > final.time) return [...bars, { time: minute, open: last, high: last, low: last, close: last, volume: 0 }].slice(-limit)
  return bars.with(-1, { ...final, close: last, high: now.gt(high) ? last : final.high, low: now.lt(low) ? last : final.low })
}
