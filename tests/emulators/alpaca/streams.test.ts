import { afterEach, describe, expect, it } from 'vitest'
import { closeAll, exchange, listen, track } from './clients.ts'

afterEach(closeAll)

describe('trade updates', () => {
  it.each(['text', 'binary'] as const)('come in %s frames, with what was traded and what is held', async (frames) => {
    const here = await exchange({ conduct: { fills: 'manual' } })
    here.alpaca.trades.frames = frames
    const { lines, updates, until } = await listen(here)
    const { id } = await here.submit()
    here.alpaca.world.partialFill(String(id), '4')
    here.alpaca.world.fillOrder(String(id), { price: '101' })
    await until(3)
    expect(lines).toEqual(['new new', 'partial_fill partially_filled 4 @ 100.02 = 4', 'fill filled 6 @ 101 = 10'])
    const executions = updates.map(({ executionId }) => executionId)
    expect(executions).toEqual([undefined, expect.any(String), expect.any(String)])
    expect(new Set(executions).size).toBe(3)
    expect(updates[2]?.order).toMatchObject({ id, clientOrderId: 'test-1', filledAvgPrice: '100.608', symbol: 'ACME' })
  })

  it('tell every turn of an order', async () => {
    const here = await exchange()
    const { alpaca, submit, orders } = here
    const { lines, until } = await listen(here)
    const terms = { type: 'limit', limitPrice: '90' } as const
    const [replaced, canceled, rejected] = [await submit(terms), await submit(terms), await submit(terms)]
    await submit(terms)
    await orders.patchOrderByOrderId({ orderId: String(replaced.id), patchOrderRequest: { limitPrice: '91' } })
    await orders.deleteOrderByOrderID({ orderId: String(canceled.id) })
    alpaca.world.rejectOrder(String(rejected.id))
    alpaca.world.advanceTo(alpaca.world.today().close)
    await until(12)
    expect(lines.map((line) => line.split(' ')[0])).toEqual(
      'new new new new pending_replace replaced new pending_cancel canceled rejected expired expired'.split(' '),
    )
  })

  it('take an execution back, or correct it', async () => {
    const here = await exchange()
    const { alpaca, submit, positions, activities } = here
    const { lines, updates, until } = await listen(here)
    await submit()
    await submit()
    const [first = '', second = ''] = [...alpaca.book.executions.keys()]
    alpaca.world.bust(first)
    const corrected = alpaca.world.correct(second, { price: '99.5', quantity: '8' })
    await until(6)
    expect(lines.slice(4)).toEqual(['trade_bust canceled 10 @ 100.02 = 10', 'trade_correct canceled 8 @ 99.5 = 8'])
    expect(updates.at(-1)).toMatchObject({ executionId: corrected, previous_execution_id: second })
    expect(await positions.getOpenPosition({ symbolOrAssetId: 'ACME' })).toMatchObject({ qty: '8' })
    const fills = await activities.getAccountActivities({ activityTypes: ['FILL'] })
    expect(fills.map(({ qty, price }) => `${qty} @ ${price}`)).toEqual(['8 @ 99.5'])
    expect(alpaca.book.cash.toFixed()).toBe('99204')
  })

  it('are refused to strangers', async () => {
    const { tradeStream } = await exchange()
    const stream = track(tradeStream({ keyId: 'PKNOBODY', secret: 'nothing' }))
    stream.connect()
    expect(await stream.waitForAuthenticationResult(5_000)).toMatchObject({ authenticated: false, status: 'server_rejected' })
  })

  it('can be silent while pings are answered', async () => {
    const here = await exchange()
    const { lines, until } = await listen(here)
    here.alpaca.trades.silent = true
    await here.submit()
    here.alpaca.trades.silent = false
    const { status } = await here.submit()
    await until(2)
    expect([status, lines]).toEqual(['filled', ['new new', 'fill filled 10 @ 100.02 = 20']])
    expect(here.alpaca.trades.told).toHaveLength(4)
  })

  it('can be lost, doubled, late and out of order', async () => {
    const here = await exchange()
    const { alpaca, submit } = here
    const { lines, until } = await listen(here)
    alpaca.trades.lose(1)
    alpaca.trades.duplicate(1)
    await submit()
    await until(2)
    alpaca.trades.hold()
    await submit({ qty: '5' })
    expect(lines).toEqual(['fill filled 10 @ 100.02 = 10', 'fill filled 10 @ 100.02 = 10'])
    alpaca.trades.release({ reversed: true, times: 2 })
    await until(6)
    expect(lines.slice(2)).toEqual(['fill filled 5 @ 100.02 = 15', 'fill filled 5 @ 100.02 = 15', 'new new', 'new new'])
  })

  it.each(['endCleanly', 'cut'] as const)('%s: the client comes back, and what happened meanwhile is lost', async (ending) => {
    const here = await exchange()
    const { alpaca, submit } = here
    const { lines, until } = await listen(here)
    alpaca.trades.refusing = true
    alpaca.trades[ending]()
    await alpaca.until(() => alpaca.trades.listening === 0)
    await submit()
    alpaca.trades.refusing = false
    expect(await alpaca.until(() => alpaca.trades.listening === 1)).toBe(true)
    await submit({ qty: '1' })
    await until(2)
    expect(lines).toEqual(['new new', 'fill filled 1 @ 100.02 = 11'])
  })
})

const all = ['trade', 'quote', 'bar', 'updated_bar', 'daily_bar', 'status', 'luld', 'correction', 'cancel_error'] as const
async function watching(options: Parameters<typeof exchange>[0] = {}) {
  const here = await exchange(options)
  const stream = track(here.dataStream())
  const seen: string[] = []
  const errors: string[] = []
  for (const event of all) stream.on(event, ({ symbol }: { readonly symbol: string }) => seen.push(`${event} ${symbol}`))
  stream.onError((error) => errors.push(error))
  stream.connect()
  await stream.whenAuthenticated()
  return { ...here, stream, seen, errors }
}
const bar = { at: Date.parse('2026-03-03T14:59:00Z'), open: 10, high: 11, low: 9, close: 10.5, volume: 1_200 }

describe('market data', () => {
  it('tells what was asked for and nothing else', async () => {
    const { alpaca, stream, seen } = await watching()
    stream.subscribeForTrades(['ACME'])
    stream.subscribeForBars(['*'])
    stream.subscribeForUpdatedBars(['ACME'])
    stream.subscribeForDailyBars(['ACME'])
    stream.subscribeForStatuses(['*'])
    stream.subscribeForLulds(['ACME'])
    await alpaca.until(() => alpaca.data.subscriptions('lulds').length === 1)
    const { market, world } = alpaca
    world.setQuote('ACME', '100', '100.01')
    market.trade('OTHR', 20, 100)
    const trade = market.trade('ACME', 100, 50)
    market.correct('ACME', trade, 100.01, 40)
    market.cancelTrade('ACME', market.trade('ACME', 1, 1))
    for (const [name, symbol] of [
      ['minute', 'OTHR'],
      ['updateMinute', 'ACME'],
      ['day', 'ACME'],
    ] as const)
      market[name](symbol, bar)
    world.halt('ACME')
    market.luld('ACME', 110, 90)
    await alpaca.until(() => seen.length >= 9)
    expect(seen).toEqual([
      'trade ACME',
      'correction ACME',
      'trade ACME',
      'cancel_error ACME',
      'bar OTHR',
      'updated_bar ACME',
      'daily_bar ACME',
      'status ACME',
      'luld ACME',
    ])
  })

  it('keeps the nanoseconds', async () => {
    const { alpaca, stream } = await watching()
    const quotes: (string | undefined)[] = []
    stream.onQuote(({ timestampRaw, bidPrice }) => quotes.push(timestampRaw, String(bidPrice)))
    stream.subscribeForQuotes(['ACME'])
    await alpaca.until(() => alpaca.data.subscriptions('quotes').length === 1)
    alpaca.world.setQuote('ACME', '99.97', '100.01', Date.parse('2026-03-03T14:59:59.123Z'))
    await alpaca.until(() => quotes.length > 0)
    expect(quotes).toEqual(['2026-03-03T14:59:59.123000211Z', '99.97'])
  })

  it('takes thirty symbols and no more, and keeps those it had', async () => {
    const { alpaca, stream, errors } = await watching()
    stream.subscribeForTrades(Array.from({ length: 20 }, (_, i) => `T${i}`))
    stream.subscribeForQuotes(Array.from({ length: 10 }, (_, i) => `T${i}`))
    stream.subscribeForQuotes(['ONEMORE'])
    await alpaca.until(() => errors.length > 0)
    expect([errors, alpaca.data.subscriptions('quotes').length]).toEqual([['symbol limit exceeded'], 10])
  })

  it('takes one connection a feed', async () => {
    const { alpaca, dataStream } = await watching()
    const second = track(dataStream())
    const errors: string[] = []
    second.onError((error) => errors.push(error))
    second.connect()
    await alpaca.until(() => errors.length > 0)
    expect([errors[0], alpaca.data.authorized]).toEqual(['connection limit exceeded', 1])
  })

  it('refuses strangers, and what the plan does not hold', async () => {
    const { dataStream } = await exchange()
    const stranger = track(dataStream('iex', { keyId: 'PKNOBODY', secret: 'nothing' }))
    stranger.connect()
    expect(await stranger.waitForAuthenticationResult(5_000)).toMatchObject({ authenticated: false, code: 402 })
    const sip = track(dataStream('sip'))
    const errors: string[] = []
    sip.onError((error) => errors.push(error))
    sip.connect()
    expect(await sip.waitForAuthentication(200)).toBe(false)
    expect(errors).toEqual(['insufficient subscription'])
    const paid = await exchange({ plan: 'paid' })
    const granted = track(paid.dataStream('sip'))
    granted.connect()
    expect(await granted.waitForAuthentication(5_000)).toBe(true)
  })

  it('comes back after a cut, with its subscriptions', async () => {
    const { alpaca, stream, seen } = await watching()
    stream.subscribeForTrades(['ACME'])
    await alpaca.until(() => alpaca.data.subscriptions('trades').length === 1)
    alpaca.data.cut()
    await alpaca.until(() => alpaca.data.opened === 2 && alpaca.data.subscriptions('trades').length === 1)
    alpaca.market.trade('ACME', 100, 1)
    await alpaca.until(() => seen.length > 0)
    expect(seen).toEqual(['trade ACME'])
  })
})

describe('news', () => {
  it('comes by socket and by request, revisions under the same id', async () => {
    const { alpaca, newsStream, news } = await exchange()
    const stream = track(newsStream())
    const seen: string[] = []
    stream.onNews(({ id, headline, content }) => seen.push(`${id} ${headline} ${content}`))
    stream.onConnect(() => stream.subscribeForNews(['*']))
    stream.connect()
    await alpaca.until(() => alpaca.news.subscriptions('news').length > 0)
    const { id } = alpaca.market.article({ headline: 'Acme wins', symbols: ['ACME'], content: '<p>Much</p>' })
    alpaca.world.advance(60_000)
    alpaca.market.article({ id, headline: 'Acme wins (corrected)', symbols: ['ACME'] })
    alpaca.market.article({ headline: 'Something else', symbols: ['OTHR'] })
    await alpaca.until(() => seen.length === 3)
    expect(seen.slice(0, 2)).toEqual([`${id} Acme wins <p>Much</p>`, `${id} Acme wins (corrected) <p>Much</p>`])
    const first = await news.news({ limit: 1, sort: 'asc', includeContent: true })
    expect(first.news).toMatchObject([{ id, headline: 'Acme wins (corrected)', content: '<p>Much</p>', source: 'benzinga' }])
    const second = await news.news({ limit: 1, sort: 'asc', pageToken: String(first.nextPageToken) })
    expect([second.news.map(({ headline }) => headline), second.nextPageToken]).toEqual([['Something else'], null])
    expect((await news.news({ symbols: 'ACME' })).news).toHaveLength(1)
  })
})
