import { exchangeDate } from '../../../src/domain/calendar.ts'
import { AlpacaError, forbidden } from './errors.ts'
import { type Exchange, ok, type Route, route } from './http.ts'
import { barOf, listOf, type Market, type MarketBar, type MarketNews, quoteOf, tickTail, tradeOf } from './market.ts'
import type { EmulatedQuote } from './records.ts'
import { stamp } from './views.ts'

export interface DataParts {
  readonly market: Market
  readonly now: () => number
  /** free: IEX, and SIP older than a quarter of an hour. */
  readonly plan: () => 'free' | 'paid'
}
const quarterMs = 15 * 60_000
const bad = (message: string): AlpacaError => new AlpacaError(400, 40010000, message)
const withTime = <T extends object>(fields: T, at: number, tail = 0): T & { readonly t: string } => ({ ...fields, t: stamp(at, tail) })
const quoteView = (quote: EmulatedQuote) => withTime(quoteOf(quote), quote.at, tickTail)
const barView = (bar: MarketBar) => withTime(barOf(bar), bar.at)

const symbolsOf = (query: URLSearchParams): readonly string[] => {
  const symbols = (query.get('symbols') ?? '').split(',').filter((symbol) => symbol !== '')
  if (symbols.length === 0) throw bad('symbols is required')
  return symbols
}
const last = <T>(list: readonly T[] | undefined): T | undefined => list?.at(-1)
/** Only those symbols that have one, as Alpaca leaves out the others. */
const each = <T>(symbols: readonly string[], view: (symbol: string) => T | undefined): Readonly<Record<string, T>> =>
  Object.fromEntries(
    symbols.flatMap((symbol) => {
      const found = view(symbol)
      return found === undefined ? [] : [[symbol, found]]
    }),
  )

export function createDataRoutes(parts: DataParts): readonly Route[] {
  const { market } = parts
  const latestFeed = (query: URLSearchParams): void => {
    const feed = query.get('feed') ?? (parts.plan() === 'paid' ? 'sip' : 'iex')
    if (feed === 'sip' && parts.plan() === 'free') throw forbidden('subscription does not permit querying recent SIP data')
  }
  const latestQuote = (symbol: string) => view(last(market.quotes.get(symbol)), quoteView)
  const latestTrade = (symbol: string) => view(last(market.trades.get(symbol)), (trade) => withTime(tradeOf(trade), trade.at, tickTail))
  const latestBar = (symbol: string) => view(last(market.minutes.get(symbol)), barView)
  const snapshot = (symbol: string) => {
    const days = market.days.get(symbol) ?? []
    const [trade, quote, minute] = [latestTrade(symbol), latestQuote(symbol), latestBar(symbol)]
    const [day, before] = [last(days), days.at(-2)]
    if (!trade && !quote && !minute && !day) return undefined
    return {
      ...(trade ? { latestTrade: trade } : {}),
      ...(quote ? { latestQuote: quote } : {}),
      ...(minute ? { minuteBar: minute } : {}),
      ...(day ? { dailyBar: barView(day) } : {}),
      ...(before ? { prevDailyBar: barView(before) } : {}),
    }
  }
  const latest = (path: string, name: string, of: (symbol: string) => object | undefined): readonly Route[] => [
    route('GET', `/v2/stocks/${path}/latest`, ({ query }) => {
      latestFeed(query)
      return ok({ [name]: each(symbolsOf(query), of) })
    }),
    route('GET', `/v2/stocks/:x/${path}/latest`, ({ query }, [symbol = '']) => {
      latestFeed(query)
      const found = of(symbol)
      if (!found) throw new AlpacaError(404, 40410000, `no ${path} found for ${symbol}`)
      return ok({ symbol, [name.slice(0, -1)]: found })
    }),
  ]
  return [
    ...latest('quotes', 'quotes', latestQuote),
    ...latest('trades', 'trades', latestTrade),
    ...latest('bars', 'bars', latestBar),
    route('GET', '/v2/stocks/snapshots', ({ query }) => {
      latestFeed(query)
      return ok(each(symbolsOf(query), snapshot))
    }),
    route('GET', '/v2/stocks/:x/snapshot', ({ query }, [symbol = '']) => {
      latestFeed(query)
      return ok({ symbol, ...snapshot(symbol) })
    }),
    route('GET', '/v2/stocks/bars', ({ query }) => ok(pageOf(parts, query, symbolsOf(query), 'bars'))),
    route('GET', '/v2/stocks/:x/bars', ({ query }, [symbol = '']) => ok(single(pageOf(parts, query, [symbol], 'bars'), symbol, 'bars'))),
    route('GET', '/v2/stocks/quotes', ({ query }) => ok(pageOf(parts, query, symbolsOf(query), 'quotes'))),
    route('GET', '/v2/stocks/trades', ({ query }) => ok(pageOf(parts, query, symbolsOf(query), 'trades'))),
    route('GET', '/v1beta1/news', (exchange) => ok(newsPage(market, exchange))),
    route('GET', '/v1/corporate-actions', ({ query }) => ok(corporateActions(market, query))),
  ]
}

const view = <T, V>(found: T | undefined, as: (found: T) => V): V | undefined => (found === undefined ? undefined : as(found))
type Point = { readonly t: string } & Readonly<Record<string, unknown>>
type Page = Readonly<Record<string, Readonly<Record<string, readonly Point[]>> | string | null>>
function single(page: Page, symbol: string, name: string): object {
  const lists = page[name] as Readonly<Record<string, readonly Point[]>>
  return { symbol, [name]: lists[symbol] ?? [], next_page_token: page['next_page_token'] }
}

const units: Readonly<Record<string, number>> = { Min: 60_000, T: 60_000, Hour: 3_600_000, H: 3_600_000 }
/** Days come from days; minutes and hours from minutes. @throws AlpacaError 400 */
function barsOf(market: Market, symbol: string, timeframe: string): readonly MarketBar[] {
  if (timeframe === '1Day' || timeframe === '1D') return listOf(market.days, symbol)
  const [, count = '', unit = ''] = /^(\d{1,2})(Min|T|Hour|H)$/.exec(timeframe) ?? []
  const length = Number(count) * (units[unit] ?? 0)
  if (length === 0) throw bad(`invalid timeframe: ${timeframe}`)
  const minutes = listOf(market.minutes, symbol)
  if (length === 60_000) return minutes
  const buckets = new Map<number, MarketBar>()
  for (const bar of minutes) {
    const at = Math.floor(bar.at / length) * length
    const known = buckets.get(at)
    const grown = known && {
      ...known,
      high: Math.max(known.high, bar.high),
      low: Math.min(known.low, bar.low),
      close: bar.close,
      volume: known.volume + bar.volume,
    }
    buckets.set(at, grown ?? { ...bar, at })
  }
  return [...buckets.values()]
}

function pointsOf(market: Market, symbol: string, kind: 'bars' | 'quotes' | 'trades', query: URLSearchParams): readonly Point[] {
  if (kind === 'quotes') return listOf(market.quotes, symbol).map(quoteView)
  if (kind === 'trades') return listOf(market.trades, symbol).map((trade) => withTime(tradeOf(trade), trade.at, tickTail))
  return barsOf(market, symbol, query.get('timeframe') ?? '').map(barView)
}

const moment = (query: URLSearchParams, name: string, otherwise: number): number => {
  const value = query.get(name)
  const at = value === null ? otherwise : Date.parse(value)
  if (Number.isNaN(at)) throw bad(`invalid ${name}`)
  return at
}
/** Symbol by symbol, and within a symbol by time; the limit counts the points of all symbols together. */
function pageOf(
  { market, now, plan }: DataParts,
  query: URLSearchParams,
  symbols: readonly string[],
  kind: 'bars' | 'quotes' | 'trades',
): Page {
  const start = moment(query, 'start', Date.parse(`${exchangeDate(now())}T00:00:00Z`))
  const end = moment(query, 'end', now())
  if (end < start) throw bad('end should not be before start')
  const feed = query.get('feed') ?? 'sip'
  const wantsRecent = query.has('end') ? end > now() - quarterMs : query.has('feed')
  if (feed === 'sip' && plan() === 'free' && wantsRecent) throw forbidden('subscription does not permit querying recent SIP data')
  const limit = Number(query.get('limit') ?? 1_000)
  if (!(limit >= 1 && limit <= 10_000)) throw bad('limit must be between 1 and 10000')
  const sign = query.get('sort') === 'desc' ? -1 : 1
  // Without an end a free plan simply does not see the last quarter of an hour of SIP.
  const bound = feed === 'sip' && plan() === 'free' ? Math.min(end, now() - quarterMs) : end
  const all = [...symbols].sort().flatMap((symbol) =>
    pointsOf(market, symbol, kind, query)
      .filter(({ t }) => Date.parse(t) >= start && Date.parse(t) <= bound)
      .sort((a, b) => sign * a.t.localeCompare(b.t))
      .map((point) => ({ symbol, point })),
  )
  const token = query.get('page_token')
  const from = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString().split('|')[1])
  if (!Number.isInteger(from)) throw bad('invalid page_token')
  const lists: Record<string, Point[]> = {}
  for (const { symbol, point } of all.slice(from, from + limit)) lists[symbol] = [...(lists[symbol] ?? []), point]
  const next = from + limit < all.length ? Buffer.from(`${kind}|${from + limit}`).toString('base64url') : null
  return { [kind]: lists, next_page_token: next }
}

export const newsView = (item: MarketNews, withContent: boolean): Readonly<Record<string, unknown>> => ({
  id: item.id,
  headline: item.headline,
  author: item.author,
  created_at: new Date(item.createdAt).toISOString(),
  updated_at: new Date(item.updatedAt).toISOString(),
  summary: item.summary,
  content: withContent ? item.content : '',
  url: item.url,
  symbols: item.symbols,
  source: item.source,
})

function newsPage(market: Market, { query }: Exchange): object {
  const limit = Number(query.get('limit') ?? 10)
  if (!(limit >= 1 && limit <= 50)) throw bad('limit must be between 1 and 50')
  const symbols = query.get('symbols')?.split(',') ?? null
  const [start, end] = [moment(query, 'start', 0), moment(query, 'end', Number.POSITIVE_INFINITY)]
  const found = [...market.news.values()]
    .filter((item) => item.updatedAt >= start && item.updatedAt <= end)
    .filter((item) => symbols === null || item.symbols.some((symbol) => symbols.includes(symbol)))
    .filter((item) => query.get('exclude_contentless') !== 'true' || item.content !== '')
    .sort((a, b) => a.updatedAt - b.updatedAt || a.id - b.id)
  if (query.get('sort') !== 'asc') found.reverse()
  const from = Number(Buffer.from(query.get('page_token') ?? 'MA', 'base64url').toString())
  if (!Number.isInteger(from)) throw bad('invalid page_token')
  const next = from + limit < found.length ? Buffer.from(String(from + limit)).toString('base64url') : null
  const withContent = query.get('include_content') === 'true'
  return { news: found.slice(from, from + limit).map((item) => ({ ...newsView(item, withContent), images: [] })), next_page_token: next }
}

function corporateActions(market: Market, query: URLSearchParams): object {
  const symbols = query.get('symbols')?.split(',') ?? null
  const types = query.get('types')?.split(',') ?? null
  const [start, end] = [query.get('start') ?? '0000', query.get('end') ?? '9999']
  const wanted = (reverse: boolean) =>
    market.splits.filter(
      ({ symbol, date, newRate, oldRate }) =>
        newRate < oldRate === reverse && date >= start && date <= end && (symbols === null || symbols.includes(symbol)),
    )
  const asked = (type: string): boolean => types === null || types.includes(type)
  const common = ({ id, symbol, newRate, oldRate, date }: Market['splits'][number]) => ({
    id,
    symbol,
    new_rate: newRate,
    old_rate: oldRate,
    process_date: date,
    ex_date: date,
  })
  const [forward, reverse] = [asked('forward_split') ? wanted(false) : [], asked('reverse_split') ? wanted(true) : []]
  return {
    corporate_actions: {
      ...(forward.length > 0 ? { forward_splits: forward.map((s) => ({ ...common(s), cusip: '000000000' })) } : {}),
      ...(reverse.length > 0
        ? { reverse_splits: reverse.map((s) => ({ ...common(s), old_cusip: '000000000', new_cusip: '000000001' })) }
        : {}),
    },
    next_page_token: null,
  }
}
