import { afterEach, describe, expect, it } from 'vitest'
import { entitledFeed } from '../../../../src/adapters/market/alpaca/feed.ts'
import { regularHours } from '../../../../src/domain/calendar.ts'
import { text } from '../../../../src/domain/decimal.ts'
import type { MarketBar } from '../../../emulators/alpaca/market.ts'
import { type MarketBench, marketBench } from './bench.ts'

let bench: MarketBench
const begin = async (options: Parameters<typeof marketBench>[0] = {}) => {
  bench = await marketBench(options)
  return bench
}
afterEach(() => bench.stop())

const snapshots = /snapshots/
/** What comes over a socket is there a little later. @returns the first answer that is as wanted, or the last one */
async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  let answer = await ask()
  for (let tries = 0; tries < 500 && !wanted(answer); tries++) {
    await new Promise((done) => setTimeout(done, 10))
    answer = await ask()
  }
  return answer
}
const quoted = (symbol: string, bid = '99.99', ask = '100.01', last = 100) => {
  bench.alpaca.world.setQuote(symbol, bid, ask)
  bench.alpaca.market.trade(symbol, last, 100)
}

describe('a quote', () => {
  it('is asked for at first, then comes by itself', async () => {
    await begin({ market: { timing: { firstPauseMs: 5, askedMs: 0, backstopMs: 60_000 } } })
    quoted('ACME')
    const first = await bench.market.quote('ACME')
    expect(first && [text(first.bid), text(first.ask), text(first.last), first.at]).toEqual([
      '99.99',
      '100.01',
      '100',
      bench.alpaca.world.now(),
    ])
    await bench.streamed('ACME')
    await bench.market.quote('ACME')
    const before = bench.asked(snapshots).length
    bench.alpaca.world.advance(1_000)
    quoted('ACME', '101', '101.04', 101.02)
    const later = await eventually(
      () => bench.market.quote('ACME'),
      (quote) => quote !== null && text(quote.last) === '101.02' && text(quote.bid) === '101',
    )
    expect(later?.at).toBe(bench.alpaca.world.now())
    expect(bench.asked(snapshots)).toHaveLength(before)
  })

  it('is asked for, many at once, while the stream is down', async () => {
    await begin({ open: false, market: { timing: { firstPauseMs: 5, askedMs: 60_000 } } })
    quoted('ACME')
    quoted('BETA', '49', '51', 50)
    const asked = ['BETA', 'ACME', 'NONE', 'not a symbol', 'ACME']
    const quotes = await bench.market.quotes(asked)
    expect(quotes.map((quote) => quote && text(quote.last))).toEqual(['50', '100', null, null, '100'])
    // Screens ask four times a second: the answer is kept for a moment.
    await Promise.all([bench.market.quotes(asked), bench.market.quotes(asked), bench.market.quote('ACME')])
    expect(bench.asked(snapshots).map(({ query }) => decodeURIComponent(query))).toEqual(['?symbols=BETA,ACME,NONE&feed=iex'])
  })

  it('is shown as old as it is when it cannot be brought up to date', async () => {
    await begin({ open: false })
    quoted('ACME')
    await bench.market.quote('ACME')
    const at = bench.alpaca.world.now()
    bench.alpaca.world.advance(60_000)
    bench.alpaca.faults.status(503, { path: snapshots, times: 4 })
    expect((await bench.market.quote('ACME'))?.at).toBe(at)
    expect(bench.notes.map(({ message }) => message)).toEqual(['quotes could not be brought up to date'])
  })

  it('of which nothing is known fails when nobody answers', async () => {
    await begin({ open: false })
    bench.alpaca.faults.status(503, { path: snapshots, times: 4 })
    await expect(bench.market.quote('ACME')).rejects.toThrow(/503/)
  })

  it('is asked for all the same, now and then, should the stream say nothing', async () => {
    await begin({ market: { timing: { firstPauseMs: 5, askedMs: 0, backstopMs: 0 } } })
    quoted('ACME')
    await bench.market.quote('ACME')
    await bench.streamed('ACME')
    bench.alpaca.data.silent = true
    bench.alpaca.world.advance(1_000)
    quoted('ACME', '101', '101.04', 101.02)
    expect(text((await bench.market.quote('ACME'))?.last ?? (null as never))).toBe('101.02')
  })
})

describe('when anything was last heard of it', () => {
  it('is not known before anything came; then it goes by the clock that trades, without any symbol asked for', async () => {
    await begin({ open: false })
    expect(bench.market.heardAt()).toBeNull()
    bench.market.open()
    const heard = await eventually(
      async () => bench.market.heardAt(),
      (at) => at !== null,
    )
    const ago = bench.alpaca.world.now() - (heard ?? 0)
    expect(ago >= 0 && ago < 60_000).toBe(true)
    expect(bench.alpaca.data.subscriptions('quotes')).toHaveLength(0)
  })

  it('counts prices that were asked for, and not questions without an answer', async () => {
    await begin({ open: false })
    bench.alpaca.faults.status(503, { path: snapshots, times: 4 })
    await bench.market.quote('ACME').catch(() => null)
    expect(bench.market.heardAt()).toBeNull()
    quoted('ACME')
    await bench.market.quote('ACME')
    expect(bench.market.heardAt()).not.toBeNull()
  })
})

describe('the market-data stream', () => {
  it('carries as many symbols as the free plan has, the rest are asked for', async () => {
    await begin()
    const symbols = Array.from({ length: 20 }, (_, i) => `SYM${String.fromCharCode(65 + i)}`)
    for (const symbol of symbols) quoted(symbol)
    await bench.market.quotes(symbols)
    await bench.streamed('SYMO')
    expect(bench.market.status().streamed).toHaveLength(15)
    expect(bench.alpaca.data.subscriptions('quotes')).toHaveLength(15)
    expect((await bench.market.quotes(symbols)).every((quote) => quote !== null)).toBe(true)
  })

  it('does with fewer when the plan allows fewer, also after it was down', async () => {
    await begin()
    bench.alpaca.data.symbolLimit = 4
    const symbols = ['AAA', 'BBB', 'CCC']
    for (const symbol of symbols) {
      quoted(symbol)
      await bench.market.quote(symbol)
    }
    await bench.alpaca.until(() => bench.notes.length > 0)
    await bench.alpaca.until(() => bench.market.status().streamed.length === 2)
    expect(bench.market.status().streamed).toEqual(['AAA', 'BBB'])
    bench.alpaca.data.cut()
    await bench.alpaca.until(() => !bench.market.status().connected)
    expect(await bench.alpaca.until(() => bench.market.status().streamed.length === 2)).toBe(true)
    expect(bench.alpaca.data.subscriptions('quotes')).toEqual(['AAA', 'BBB'])
  })

  it('comes back after a break with what it had, and everything is asked for anew', async () => {
    await begin({ market: { timing: { firstPauseMs: 5, firstReconnectMs: 10, askedMs: 0, backstopMs: 60_000 } } })
    quoted('ACME')
    await bench.market.quote('ACME')
    await bench.streamed('ACME')
    bench.alpaca.data.endCleanly()
    await bench.alpaca.until(() => !bench.market.status().connected)
    bench.alpaca.world.advance(1_000)
    quoted('ACME', '101', '101.04', 101.02)
    await bench.streamed('ACME')
    const quote = await bench.market.quote('ACME')
    expect(quote && text(quote.last)).toBe('101.02')
  })

  it.each([
    ['keys that are refused', { access: { secretKey: 'not-the-secret' } }, /keys were refused for market data/],
    ['a feed that the plan lacks', { feed: 'sip' as const }, /use iex/],
  ])('says in words what is wrong: %s', async (_, over, words) => {
    await begin({ open: false })
    const other = await marketBench({ open: false })
    await bench.stop()
    bench = other
    const wrong = await marketBench({
      open: false,
      market: { ...over, access: { ...bench.access, ...('access' in over ? over.access : {}) } } as never,
    })
    wrong.market.open()
    await wrong.alpaca.until(() => wrong.notes.some(({ level }) => level === 'error'))
    expect(wrong.notes.map(({ message }) => message).join()).toMatch(words)
    expect(wrong.market.status().connected).toBe(false)
    await wrong.stop()
  })
})

describe('a halt', () => {
  it('is known from the stream, for every symbol, and ends', async () => {
    await begin()
    expect(await bench.market.isHalted('ACME')).toBe(false)
    bench.alpaca.world.halt('ACME')
    bench.alpaca.world.halt('BETA')
    const halted = (symbol: string) => () => bench.market.isHalted(symbol)
    expect(await eventually(halted('BETA'), (yes) => yes)).toBe(true)
    expect(await bench.market.isHalted('ACME')).toBe(true)
    bench.alpaca.world.resume('ACME')
    expect(await eventually(halted('ACME'), (yes) => !yes)).toBe(false)
    expect(await bench.market.isHalted('BETA')).toBe(true)
  })

  it('is not guessed at while the stream is down', async () => {
    await begin({ open: false })
    await expect(bench.market.isHalted('ACME')).rejects.toThrow(/not known/)
  })
})

describe('bars', () => {
  const { open, close } = regularHours('2026-03-03')
  const bar = (at: number, price: number): MarketBar => ({ at, open: price, high: price + 1, low: price - 1, close: price, volume: 1_000 })

  it('are complete, oldest first, as many as asked for, in however many pages', async () => {
    await begin({ open: false, emulator: { startAt: open + 30 * 60_000 + 20_000 } })
    bench.alpaca.market.history(
      'ACME',
      '1Min',
      Array.from({ length: 31 }, (_, i) => bar(open + i * 60_000, 100 + i)),
    )
    const bars = await bench.market.bars('ACME', '1m', 5)
    expect(bars.map((b) => [b.at - open, text(b.close)])).toEqual([25, 26, 27, 28, 29].map((i) => [i * 60_000, String(100 + i)]))
    const earlier = await bench.market.bars('ACME', '1m', 100, open + 3 * 60_000)
    expect(earlier.map((b) => text(b.close))).toEqual(['100', '101', '102'])
    expect(await bench.market.bars('NONE', '1m', 5)).toEqual([])
  })

  it('of a day are there once the exchange has closed, and are asked for once', async () => {
    await begin({ open: false, emulator: { startAt: close - 1_000 } })
    const midnight = (date: string) => Date.parse(`${date}T05:00:00Z`)
    const dates = ['2026-02-27', '2026-03-02', '2026-03-03']
    bench.alpaca.market.history(
      'ACME',
      '1Day',
      dates.map((date, i) => bar(midnight(date), 100 + i)),
    )
    expect((await bench.market.bars('ACME', '1d', 10)).map((b) => text(b.close))).toEqual(['100', '101'])
    await bench.market.bars('ACME', '1d', 10)
    expect(bench.asked(/bars/)).toHaveLength(1)
    bench.alpaca.world.advance(11 * 60_000)
    expect((await bench.market.bars('ACME', '1d', 2)).map((b) => text(b.close))).toEqual(['101', '102'])
  })

  it('that could not be had are asked for again', async () => {
    await begin({ open: false })
    bench.alpaca.faults.status(503, { path: /bars/, times: 4 })
    await expect(bench.market.bars('ACME', '1d', 5)).rejects.toThrow(/503/)
    expect(await bench.market.bars('ACME', '1d', 5)).toEqual([])
  })
})

describe('securities', () => {
  it('are all that Alpaca trades, asked for once; short only what is easily borrowed', async () => {
    await begin({ open: false })
    bench.alpaca.world.addAsset('ACME', { name: 'Acme Corp', exchange: 'NYSE' })
    bench.alpaca.world.addAsset('HARD', { easyToBorrow: false })
    bench.alpaca.world.addAsset('DUST', { tradable: false })
    const list = await bench.market.securities()
    expect(list.map((s) => [s.symbol, s.tradable, s.shortable])).toEqual([
      ['ACME', true, true],
      ['HARD', true, false],
      ['DUST', false, true],
    ])
    expect(list[0]).toEqual({
      symbol: 'ACME',
      name: 'Acme Corp',
      exchange: 'NYSE',
      sector: 'Unknown',
      tradable: true,
      shortable: true,
      averageDailyVolume: null,
      marketCap: null,
    })
    await bench.market.securities()
    expect(bench.asked(/assets/)).toHaveLength(1)
  })
})

describe('splits', () => {
  it('have the ratio that the corporate actions say, nearest to the day', async () => {
    await begin({ open: false })
    bench.alpaca.market.split('ACME', 4, 1, Date.parse('2026-03-02T15:00:00Z'))
    bench.alpaca.market.split('ACME', 2, 1, Date.parse('2026-02-27T15:00:00Z'))
    bench.alpaca.market.split('BETA', 1, 50, Date.parse('2026-03-02T15:00:00Z'))
    expect(await bench.market.splitRatio('ACME', '2026-03-03')).toBe('4')
    expect(await bench.market.splitRatio('BETA', '2026-03-03')).toBe('0.02')
    expect(await bench.market.splitRatio('NONE', '2026-03-03')).toBeNull()
  })
})

describe('the feed', () => {
  it.each([
    ['free', 'iex'],
    ['paid', 'sip'],
  ] as const)('that a %s plan has is %s', async (plan, feed) => {
    await begin({ open: false, emulator: { plan } })
    expect(await entitledFeed({ access: bench.access, mode: 'paper', firstPauseMs: 5 })).toBe(feed)
  })

  it('is not guessed at when nobody answers', async () => {
    await begin({ open: false })
    bench.alpaca.faults.status(503, { times: 4 })
    await expect(entitledFeed({ access: bench.access, mode: 'paper', firstPauseMs: 5 })).rejects.toThrow(/503/)
  })
})
