import { fromNumber, type Price, price } from '../../../domain/decimal.ts'
import type { Bar, Quote } from '../../../ports/market-data.ts'
import type { WireBar, WireSnapshot } from './schema.ts'

/** Prices have at most four decimals, and derived ones a few more. */
const places = 6
const priceOf = (figure: number): Price => price(fromNumber(figure, places))

export interface QuoteFacts {
  readonly bid: number
  readonly ask: number
  readonly bidSize: number
  readonly askSize: number
  readonly at: number
}
export interface TradeFacts {
  readonly price: number
  readonly at: number
}
/** `at` is the bar's start. */
export interface BarFacts {
  readonly low: number
  readonly high: number
  readonly close: number
  readonly at: number
}
interface Latest {
  quote?: QuoteFacts
  trade?: TradeFacts
  bar?: BarFacts
}

/** The newest that is known of each symbol, from wherever it came. What is older than what is known is left out. */
export interface QuoteBook {
  quote(symbol: string, facts: QuoteFacts): void
  trade(symbol: string, facts: TradeFacts): void
  bar(symbol: string, facts: BarFacts): void
  snapshot(symbol: string, snapshot: WireSnapshot): void
  /** @param now epoch milliseconds */
  view(symbol: string, now: number): Quote | null
  lastTradeAt(symbol: string): number | null
}

/** On IEX a quote that is older than this gives way to the minute bar, if there is a newer one. */
const oldQuoteMs = 60_000
const mostSymbols = 2_000

const isSound = (quote: QuoteFacts | undefined): quote is QuoteFacts => quote !== undefined && quote.bid > 0 && quote.ask >= quote.bid

export function createQuoteBook(feed: 'iex' | 'sip'): QuoteBook {
  const books = new Map<string, Latest>()
  const of = (symbol: string): Latest => {
    const known = books.get(symbol) ?? {}
    books.delete(symbol)
    books.set(symbol, known)
    for (const oldest of books.keys()) {
      if (books.size <= mostSymbols) break
      books.delete(oldest)
    }
    return known
  }
  const newer = (facts: { at: number }, known: { at: number } | undefined): boolean =>
    Number.isFinite(facts.at) && (known === undefined || facts.at >= known.at)

  const book: QuoteBook = {
    quote(symbol, facts) {
      const known = of(symbol)
      if (newer(facts, known.quote)) known.quote = facts
    },
    trade(symbol, facts) {
      const known = of(symbol)
      if (facts.price > 0 && newer(facts, known.trade)) known.trade = facts
    },
    bar(symbol, facts) {
      const known = of(symbol)
      if (facts.low > 0 && newer(facts, known.bar)) known.bar = facts
    },
    snapshot(symbol, { latestQuote, latestTrade, minuteBar }) {
      if (latestQuote) {
        const { bp, ap, bs, as, t } = latestQuote
        book.quote(symbol, { bid: bp, ask: ap, bidSize: bs, askSize: as, at: Date.parse(t) })
      }
      if (latestTrade) book.trade(symbol, { price: latestTrade.p, at: Date.parse(latestTrade.t) })
      if (minuteBar) book.bar(symbol, { low: minuteBar.l, high: minuteBar.h, close: minuteBar.c, at: Date.parse(minuteBar.t) })
    },
    view(symbol, now) {
      const { quote, trade, bar } = books.get(symbol) ?? {}
      const last = lastPrice(trade, bar)
      if (feed === 'iex' && bar && last && (!isSound(quote) || now - quote.at > oldQuoteMs) && bar.at > (quote?.at ?? 0))
        return fromBar(symbol, bar, last)
      if (!isSound(quote) || !last) return null
      const sides = { bid: priceOf(quote.bid), ask: priceOf(quote.ask), bidSize: quote.bidSize, askSize: quote.askSize }
      return { symbol, ...sides, last: priceOf(last.price), at: quote.at }
    },
    lastTradeAt: (symbol) => books.get(symbol)?.trade?.at ?? null,
  }
  return book
}

/** A minute ends after its start: a trade of that minute is the newer of the two. */
function lastPrice(trade: TradeFacts | undefined, bar: BarFacts | undefined): TradeFacts | null {
  if (trade && (!bar || trade.at >= bar.at)) return trade
  return bar ? { price: bar.close, at: bar.at } : null
}

/**
 * Where an exchange of little volume quotes nothing lately, what was traded in its last minute stands in: the range as bid and
 * ask, so that a wide one is seen as wide; as old as its last known trade, and never as young as its end.
 */
function fromBar(symbol: string, bar: BarFacts, last: TradeFacts): Quote {
  const sides = { bid: priceOf(bar.low), ask: priceOf(bar.high), bidSize: 0, askSize: 0 }
  return { symbol, ...sides, last: priceOf(last.price), at: last.at }
}

export const toBar = ({ t, o, h, l, c, v }: WireBar): Bar => ({
  at: Date.parse(t),
  open: priceOf(o),
  high: priceOf(h),
  low: priceOf(l),
  close: priceOf(c),
  volume: v,
})
