import { afterEach, describe, expect, it } from 'vitest'
import { closeAll, exchange, refusal } from './clients.ts'

afterEach(closeAll)
const start = Date.parse('2026-03-03T14:30:00Z')
const bars = (count: number, stepMs = 60_000, from = start) =>
  Array.from({ length: count }, (_, i) => ({ at: from + i * stepMs, open: 10 + i, high: 11 + i, low: 9 + i, close: 10.5 + i, volume: 100 }))

describe('market data by request', () => {
  it('a snapshot has what there is, and leaves out what nobody knows', async () => {
    const { alpaca, stocks } = await exchange()
    alpaca.market.trade('ACME', 100.01, 30)
    alpaca.market.history('ACME', '1Min', bars(2))
    alpaca.market.history('ACME', '1Day', bars(3, 86_400_000, Date.parse('2026-03-01T05:00:00Z')))
    const found = await stocks.stockSnapshots({ symbols: 'ACME,NONE', feed: 'iex' })
    expect(Object.keys(found)).toEqual(['ACME'])
    expect(found['ACME']).toMatchObject({
      latestTrade: { p: 100.01, s: 30 },
      latestQuote: { bp: 99.98, ap: 100.02 },
      minuteBar: { c: 11.5 },
      dailyBar: { c: 12.5 },
      prevDailyBar: { c: 11.5 },
    })
  })

  it('bars come page by page, symbol after symbol', async () => {
    const { alpaca, stocks } = await exchange()
    alpaca.market.history('ACME', '1Min', bars(3))
    alpaca.market.history('BETA', '1Min', bars(2))
    const asked = { symbols: 'BETA,ACME', timeframe: '1Min', feed: 'iex', limit: 2 } as const
    const rows: string[] = []
    let pageToken: string | null | undefined
    do {
      const page = await stocks.stockBars({ ...asked, ...(pageToken ? { pageToken } : {}) })
      for (const [symbol, list] of Object.entries(page.bars)) rows.push(...list.map(({ c }) => `${symbol} ${c}`))
      pageToken = page.nextPageToken
    } while (pageToken)
    expect(rows).toEqual(['ACME 10.5', 'ACME 11.5', 'ACME 12.5', 'BETA 10.5', 'BETA 11.5'])
  })

  it('longer bars are made of minutes', async () => {
    const { alpaca, stocks } = await exchange()
    alpaca.market.history('ACME', '1Min', bars(10))
    const { bars: found } = await stocks.stockBarSingle({ symbol: 'ACME', timeframe: '5Min', feed: 'iex' })
    expect(found.map(({ o, h, l, c, v }) => [o, h, l, c, v])).toEqual([
      [10, 15, 9, 14.5, 500],
      [15, 20, 14, 19.5, 500],
    ])
    expect(await refusal(stocks.stockBars({ symbols: 'ACME', timeframe: '1Moon', feed: 'iex' }))).toContain('invalid timeframe')
  })

  it('only bars of the time that was asked for', async () => {
    const { alpaca, stocks } = await exchange()
    alpaca.market.history('ACME', '1Min', bars(10))
    const asked = { symbols: 'ACME', timeframe: '1Min', feed: 'iex', sort: 'desc' } as const
    const { bars: found } = await stocks.stockBars({ ...asked, start: new Date(start + 120_000), end: new Date(start + 240_000) })
    expect(found['ACME']?.map(({ o }) => o)).toEqual([14, 13, 12])
  })

  it('recent SIP data belongs to the paid plan', async () => {
    const { stocks } = await exchange()
    expect(await refusal(stocks.stockLatestQuotes({ symbols: 'ACME', feed: 'sip' }))).toContain('recent SIP data')
    expect(await refusal(stocks.stockBars({ symbols: 'ACME', timeframe: '1Min', feed: 'sip' }))).toContain('recent SIP data')
    const paid = await exchange({ plan: 'paid' })
    expect((await paid.stocks.stockLatestQuotes({ symbols: 'ACME', feed: 'sip' })).quotes['ACME']?.bp).toBe(99.98)
  })

  it('a quote keeps its own time, however old', async () => {
    const { alpaca, stocks } = await exchange()
    const old = Date.parse('2026-03-03T14:00:00Z')
    alpaca.world.setQuote('ACME', '98', '98.1', old)
    const { quotes } = await stocks.stockLatestQuotes({ symbols: 'ACME', feed: 'iex' })
    expect(quotes['ACME']?.t).toEqual(new Date(old))
    expect((await stocks.stockQuotes({ symbols: 'ACME', feed: 'iex' })).quotes['ACME']).toHaveLength(2)
  })

  it('trades, the latest and all', async () => {
    const { alpaca, stocks } = await exchange()
    for (const price of [100, 101]) alpaca.market.trade('ACME', price, 10)
    expect((await stocks.stockLatestTrades({ symbols: 'ACME', feed: 'iex' })).trades['ACME']?.p).toBe(101)
    expect((await stocks.stockTrades({ symbols: 'ACME', feed: 'iex' })).trades['ACME']?.map(({ p }) => p)).toEqual([100, 101])
  })

  it('assets say what may be done with them', async () => {
    const { alpaca, assets } = await exchange()
    alpaca.world.addAsset('HARD', { shortable: false, easyToBorrow: false, exchange: 'NYSE' })
    const found = await assets.getV2Assets({ status: 'active', assetClass: 'us_equity', exchange: 'NYSE' })
    expect(found).toMatchObject([{ symbol: 'HARD', shortable: false, borrowStatus: 'hard_to_borrow', tradable: true }])
    expect(await assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: 'ACME' })).toMatchObject({ symbol: 'ACME', fractionable: true })
    expect(await refusal(assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: 'NONE' }))).toContain('404 40410000')
  })
})
