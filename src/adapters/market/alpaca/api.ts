import { marketData, trading } from '@alpacahq/alpaca-trade-api'
import type { RateBudget } from '../../alpaca/rate-budget.ts'
import { clientOptions, createRest, type RestOptions } from '../../alpaca/rest.ts'
import { assetsShape, barsShape, corporateActionsShape, snapshotsShape, type WireAsset, type WireBar, type WireSnapshot } from './schema.ts'

export interface DataApiOptions extends Omit<RestOptions, 'budget'> {
  readonly feed: 'iex' | 'sip'
  readonly data: { readonly url: string; readonly budget: RateBudget }
  /** The list of assets is the trading API's, and counts there. */
  readonly trading: { readonly url: string; readonly budget: RateBudget }
}
export interface BarsAsked {
  readonly symbol: string
  readonly timeframe: '1Min' | '1Day'
  readonly start: Date
  readonly end: Date
  readonly count: number
}
export interface DataApi {
  /** Symbols without data are missing. */
  snapshots(symbols: readonly string[]): Promise<ReadonlyMap<string, WireSnapshot>>
  /** The newest ones of the stretch, newest first, adjusted for splits. */
  bars(asked: BarsAsked): Promise<readonly WireBar[]>
  splits(symbol: string, from: Date, to: Date): Promise<readonly { ratio: readonly [fresh: number, old: number]; date: string }[]>
  assets(): Promise<readonly WireAsset[]>
}

/** Nothing reduces risk here: prices of what is held or about to be bought go first, then history. */
const prices = 'protect' as const
const past = 'entry' as const
const symbolsAtOnce = 200
const barsAtOnce = 10_000

/** Alpaca's market-data REST, and the list of assets. Every call may throw AlpacaFailure. */
export function createDataApi(options: DataApiOptions): DataApi {
  const { feed, data, trading: other, ...rest } = options
  const dataOptions = { ...rest, budget: data.budget }
  const tradingOptions = { ...rest, budget: other.budget }
  const dataRest = createRest(dataOptions)
  const tradingRest = createRest(tradingOptions)
  const configuration = new marketData.Configuration(clientOptions(dataOptions, data.url))
  const stocks = new marketData.StockApi(configuration)
  const actions = new marketData.CorporateActionsApi(configuration)
  const assets = new trading.AssetsApi(new trading.Configuration(clientOptions(tradingOptions, other.url)))

  return {
    async snapshots(symbols) {
      const found = new Map<string, WireSnapshot>()
      for (let from = 0; from < symbols.length; from += symbolsAtOnce) {
        const some = symbols.slice(from, from + symbolsAtOnce).join(',')
        const page = await dataRest.read({
          priority: prices,
          shape: snapshotsShape,
          send: () => stocks.stockSnapshotsRaw({ symbols: some, feed }),
        })
        for (const [symbol, snapshot] of Object.entries(page)) if (snapshot) found.set(symbol, snapshot)
      }
      return found
    },
    async bars({ symbol, timeframe, start, end, count }) {
      const found: WireBar[] = []
      for (let pageToken: string | undefined; found.length < count; ) {
        const request = {
          ...{ symbol, timeframe, start, end, feed, adjustment: 'split', sort: marketData.Sort.Desc },
          limit: Math.min(count - found.length, barsAtOnce),
          ...(pageToken !== undefined && { pageToken }),
        }
        const page = await dataRest.read({ priority: past, shape: barsShape, send: () => stocks.stockBarSingleRaw(request) })
        found.push(...(page.bars ?? []))
        if (page.next_page_token === null || (page.bars ?? []).length === 0) break
        pageToken = page.next_page_token
      }
      return found
    },
    async splits(symbol, start, end) {
      const types = 'forward_split,reverse_split'
      const asked = { symbols: symbol, types, start, end }
      const { corporate_actions: found } = await dataRest.read({
        priority: past,
        shape: corporateActionsShape,
        send: () => actions.corporateActionsRaw(asked),
      })
      return [...(found.forward_splits ?? []), ...(found.reverse_splits ?? [])]
        .filter((split) => split.symbol === symbol)
        .map((split) => ({ ratio: [split.new_rate, split.old_rate] as const, date: split.ex_date ?? split.process_date ?? '' }))
    },
    assets: () =>
      tradingRest.read({
        priority: 'read',
        shape: assetsShape,
        send: () => assets.getV2AssetsRaw({ status: 'active', assetClass: 'us_equity' }),
      }),
  }
}
