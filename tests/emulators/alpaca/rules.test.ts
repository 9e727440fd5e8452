import { afterEach, describe, expect, it } from 'vitest'
import { decimal } from '../../../src/domain/decimal.ts'
import type { AlpacaEmulator } from '../alpaca.ts'
import { closeAll, exchange, type OrderRequest, refusal } from './clients.ts'

afterEach(closeAll)
const legs = { takeProfit: { limitPrice: '110' }, stopLoss: { stopPrice: '95' } } as const

/** What the exchange is like, what is asked, and the refusal. */
type Case = readonly [name: string, ask: Partial<OrderRequest>, refused: string, world?: (alpaca: AlpacaEmulator) => void]
const cases: readonly Case[] = [
  ['no such asset', { symbol: 'NONE' }, '422 42210000 asset "NONE" not found'],
  ['not tradable', {}, '422 42210000 asset "ACME" is not tradable', ({ world }) => world.addAsset('ACME', { tradable: false })],
  ['inactive', {}, '422 42210000 asset ACME is not active', ({ world }) => world.addAsset('ACME', { status: 'inactive' })],
  ['too many decimals', { type: 'limit', limitPrice: '99.123' }, '422 42210000 invalid limit_price 99.123. sub-penny'],
  ['too many decimals in a leg', { orderClass: 'bracket', takeProfit: { limitPrice: '110.005' }, stopLoss: legs.stopLoss }, 'sub-penny'],
  ['more than the buying power', { qty: '3000' }, '403 40310000 insufficient buying power'],
  [
    'not to borrow',
    { side: 'sell' },
    '422 42210000 asset "ACME" cannot be sold short',
    ({ world }) => world.addAsset('ACME', { easyToBorrow: false }),
  ],
  [
    'no shorting',
    { side: 'sell' },
    '403 40310000 account is not allowed to short',
    ({ book }) => Object.assign(book.flags, { shortingEnabled: false }),
  ],
  [
    'a fraction of what has none',
    { qty: '1.5' },
    '403 40310000 asset "ACME" is not fractionable',
    ({ world }) => world.addAsset('ACME', { fractionable: false }),
  ],
  ['a fraction for longer than a day', { qty: '1.5', timeInForce: 'gtc' }, '422 42210000 fractional orders must be DAY orders'],
  ['a fraction sold short', { qty: '1.5', side: 'sell' }, '422 42210000 fractional orders cannot be sold short'],
  ['a fraction with legs', { qty: '1.5', orderClass: 'bracket', ...legs }, '422 42210000 fractional orders must be simple orders'],
  ['a bracket at once', { orderClass: 'bracket', timeInForce: 'ioc', ...legs }, '422 42210000 bracket orders must be DAY or GTC'],
  ['a bracket in the evening', { orderClass: 'bracket', type: 'limit', limitPrice: '100', extendedHours: true, ...legs }, 'extended hours'],
  [
    'a bracket with one leg',
    { orderClass: 'bracket', takeProfit: legs.takeProfit },
    '422 40010001 bracket orders require stop_loss.stop_price',
  ],
  [
    'a target below the price',
    { orderClass: 'bracket', ...legs, takeProfit: { limitPrice: '100' } },
    'take_profit.limit_price must be >= base_price + 0.01',
  ],
  [
    'a stop above the price',
    { orderClass: 'bracket', ...legs, stopLoss: { stopPrice: '101' } },
    'stop_loss.stop_price must be <= base_price - 0.01',
  ],
  [
    'one cancels other without a position',
    { orderClass: 'oco', type: 'limit', limitPrice: '110', side: 'sell', stopLoss: legs.stopLoss },
    'must be exit orders',
  ],
  ['extended hours at any price', { extendedHours: true }, '422 42210000 extended hours order must be DAY or GTC limit orders'],
  ['a market order with a price', { limitPrice: '100' }, '422 40010001 market orders require no stop or limit price'],
  ['a limit without a price', { type: 'limit' }, '422 40010001 limit orders require a limit price'],
  ['shares and dollars', { notional: '100' }, '422 40010001 only one of qty or notional is accepted'],
  ['a negative quantity', { qty: '-1' }, '422 40010001 qty must be > 0'],
  ['no number', { qty: 'ten' }, '422 40010001 invalid qty'],
  ['two trails', { type: 'trailing_stop', trailPrice: '1', trailPercent: '1' }, '422 40010001 trailing stop orders must specify one'],
  [
    'suspended by the user',
    {},
    '403 40310000 new orders are rejected by user request',
    ({ book }) => Object.assign(book.flags, { suspendTrade: true }),
  ],
  ['blocked', {}, '403 40310000 account is not authorized to trade', ({ book }) => Object.assign(book.flags, { tradingBlocked: true })],
]

describe('orders that Alpaca refuses', () => {
  it.each(cases.map(([name, ask, refused, arrange]) => ({ name, ask, refused, arrange })))('$name', async ({ ask, refused, arrange }) => {
    const { alpaca, orders, order } = await exchange()
    arrange?.(alpaca)
    expect(await refusal(orders.postOrder({ postOrderRequest: order(ask) }))).toContain(refused)
    expect(alpaca.orders()).toEqual([])
  })

  it('a client id that was used before, by an order alive or dead', async () => {
    const { alpaca, orders, order, submit } = await exchange()
    await submit({ clientOrderId: 'once', type: 'limit', limitPrice: '50' })
    await orders.deleteAllOrders()
    const again = orders.postOrder({ postOrderRequest: order({ clientOrderId: 'once' }) })
    expect(await refusal(again)).toBe('422 40010001 client_order_id must be unique')
    const tooLong = orders.postOrder({ postOrderRequest: order({ clientOrderId: 'x'.repeat(129) }) })
    expect(await refusal(tooLong)).toContain('422 40010001')
    const { official, take } = alpaca.checks
    expect(take()).toMatchObject(official ? [{ what: 'request POST /v2/orders' }] : [])
  })

  it('closing what legs hold, until they are canceled', async () => {
    const { alpaca, submit, positions, orders } = await exchange()
    await submit({ orderClass: 'bracket', timeInForce: 'gtc', ...legs })
    const close = () => positions.deleteOpenPosition({ symbolOrAssetId: 'ACME' })
    expect(await refusal(close())).toBe('403 40310000 insufficient qty available for order (requested: 10, available: 0)')
    expect(alpaca.requests.at(-1)?.answer).toMatchObject({ available: '0', existing_qty: '10', held_for_orders: '10', symbol: 'ACME' })
    await orders.deleteAllOrders()
    await close()
    expect(await positions.getAllOpenPositions()).toEqual([])
  })

  it('closing more than there is', async () => {
    const { submit, orders, order } = await exchange()
    await submit()
    const over = orders.postOrder({ postOrderRequest: order({ side: 'sell', qty: '11' }) })
    expect(await refusal(over)).toContain('403 40310000 insufficient qty available for order (requested: 11, available: 10)')
  })

  it('what could trade with an order of the same account; complex orders may', async () => {
    const { alpaca, submit, orders, order } = await exchange()
    const { id } = await submit({ side: 'sell', type: 'limit', limitPrice: '105' })
    const buy = (ask: Partial<OrderRequest>) => orders.postOrder({ postOrderRequest: order(ask) })
    expect(await refusal(buy({}))).toBe('403 40310000 potential wash trade detected. use complex orders')
    expect(alpaca.requests.at(-1)?.answer).toMatchObject({ existing_order_id: id, reject_reason: 'opposite side limit order exists' })
    expect(await refusal(buy({ type: 'limit', limitPrice: '105' }))).toContain('wash trade')
    expect(await refusal(buy({ type: 'limit', limitPrice: '104.99' }))).toBe('nothing was refused')
    expect(await refusal(buy({ orderClass: 'bracket', ...legs }))).toBe('nothing was refused')
  })

  it('entries share the buying power with those that work already', async () => {
    const { submit, orders, order } = await exchange({ cash: '10000' })
    await submit({ type: 'limit', limitPrice: '90', qty: '200' })
    const next = orders.postOrder({ postOrderRequest: order({ type: 'limit', limitPrice: '90', qty: '23' }) })
    expect(await refusal(next)).toContain('insufficient buying power')
  })
})

describe('the account', () => {
  it('takes its own keys: others are unknown, those of the other environment are forbidden', async () => {
    const { alpaca, account, accountAs, ofOtherEnvironment } = await exchange()
    expect((await account.getAccount()).status).toBe('ACTIVE')
    expect(await refusal(accountAs('PKNOBODY', 'nothing').getAccount())).toBe('401 40110000 unauthorized.')
    expect(await refusal(ofOtherEnvironment.getAccount())).toBe('403 40310000 forbidden.')
    const bare = await fetch(`${alpaca.access.APCA_API_BASE_URL}/v2/account`)
    expect([bare.status, await bare.json()]).toEqual([401, { code: 40110000, message: 'request is not authorized' }])
    const live = await exchange({ environment: 'live' })
    expect(live.alpaca.access.APCA_API_KEY_ID).toBe(alpaca.otherKeys.keyId)
  })

  it('counts requests, says what is left, and refuses more', async () => {
    const { alpaca, account } = await exchange({ rateLimit: { limit: 2, windowMs: 60_000 } })
    const { raw } = await account.getAccountRaw()
    expect([raw.headers.get('x-ratelimit-limit'), raw.headers.get('x-ratelimit-remaining')]).toEqual(['2', '1'])
    await account.getAccount()
    expect(await refusal(account.getAccount())).toContain('429 42910000')
    const { headers } = await fetch(`${alpaca.access.APCA_API_BASE_URL}/v2/clock`, {
      headers: { 'APCA-API-KEY-ID': alpaca.access.APCA_API_KEY_ID, 'APCA-API-SECRET-KEY': alpaca.access.APCA_API_SECRET_KEY },
    })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    alpaca.rateLimit = null
    expect((await account.getAccount()).status).toBe('ACTIVE')
  })

  it('can be suspended by its owner', async () => {
    const { configurations, orders, order, account } = await exchange()
    await configurations.patchAccountConfig({ accountConfigurations: { suspendTrade: true } })
    expect((await configurations.getAccountConfig()).suspendTrade).toBe(true)
    expect((await account.getAccount()).tradeSuspendedByUser).toBe(true)
    expect(await refusal(orders.postOrder({ postOrderRequest: order() }))).toContain('rejected by user request')
  })

  it('closes everything, one answer per position', async () => {
    const { alpaca, submit, positions } = await exchange()
    await submit({ orderClass: 'bracket', timeInForce: 'gtc', ...legs })
    alpaca.world.setQuote('OTHR', '9.99', '10.01')
    await submit({ symbol: 'OTHR', side: 'sell' })
    const held = await positions.deleteAllOpenPositions()
    expect(held.map(({ symbol, status }) => `${symbol} ${status}`)).toEqual(['ACME 403', 'OTHR 200'])
    await positions.deleteAllOpenPositions({ cancelOrders: true })
    expect(await positions.getAllOpenPositions()).toEqual([])
  })

  it('closes a part, by shares or by percent', async () => {
    const { submit, positions } = await exchange()
    await submit()
    await positions.deleteOpenPosition({ symbolOrAssetId: 'ACME', qty: 3 })
    await positions.deleteOpenPosition({ symbolOrAssetId: 'ACME', percentage: 50 })
    expect((await positions.getOpenPosition({ symbolOrAssetId: 'ACME' })).qty).toBe('4')
  })

  it('tells fills as activities without an execution id, page by page', async () => {
    const { alpaca, submit, activities } = await exchange({ conduct: { fills: 'manual' } })
    const { id } = await submit()
    for (const shares of ['3', '3', '4']) {
      alpaca.world.partialFill(String(id), shares)
      alpaca.world.advance(1_000)
    }
    const first = await activities.getAccountActivities({ activityTypes: ['FILL'], direction: 'asc', pageSize: 2 })
    const rest = await activities.getAccountActivities({ activityTypes: ['FILL'], direction: 'asc', pageToken: String(first[1]?.id) })
    const rows = [...first, ...rest].map(({ type, cumQty, leavesQty, orderId }) => [type, cumQty, leavesQty, orderId])
    expect(rows).toEqual([
      ['partial_fill', '3', '7', id],
      ['partial_fill', '6', '4', id],
      ['fill', '10', '0', id],
    ])
    expect(first.some((activity) => 'execution_id' in activity)).toBe(false)
  })

  it('books fees at the end of the day, splits and dividends when they come', async () => {
    const fees = {
      secPerMillion: decimal('27.8'),
      tafPerShare: decimal('0.000166'),
      tafCap: decimal('8.3'),
      commissionPerShare: decimal('0'),
    }
    const { alpaca, submit, activities, positions, corporate } = await exchange({ fees })
    await submit({ qty: '40' })
    await submit({ qty: '20', side: 'sell' })
    alpaca.world.split('ACME', '2')
    alpaca.world.dividend('ACME', '0.25')
    expect(await positions.getOpenPosition({ symbolOrAssetId: 'ACME' })).toMatchObject({
      qty: '40',
      avgEntryPrice: '50.01',
      currentPrice: '50',
    })
    alpaca.world.advance(86_400_000)
    const others = await activities.getAccountActivities({ category: 'non_trade_activity', direction: 'asc' })
    expect(others.map(({ activityType, qty, netAmount }) => [activityType, qty, netAmount])).toEqual([
      ['SPLIT', '20', '0'],
      ['DIV', '40', '10'],
      ['FEE', undefined, '-0.07'],
    ])
    const { corporateActions } = await corporate.corporateActions({ symbols: 'ACME', start: new Date('2026-03-01') })
    expect(corporateActions.forwardSplits).toMatchObject([{ symbol: 'ACME', newRate: 2, oldRate: 1 }])
  })

  it('splits working orders with the shares; a reverse split cancels them', async () => {
    const { alpaca, submit, look } = await exchange()
    const first = await submit({ type: 'limit', limitPrice: '90', timeInForce: 'gtc' })
    alpaca.world.split('ACME', '2')
    expect(await look(first.id)).toMatchObject({ qty: '20', limitPrice: '45', status: 'new' })
    alpaca.world.split('ACME', '0.1')
    expect((await look(first.id)).status).toBe('canceled')
  })

  it('shows what its owner does in the other app', async () => {
    const { alpaca, orders, positions } = await exchange()
    alpaca.world.manualOrder({ symbol: 'ACME', qty: '7', side: 'buy' })
    const [placed] = await orders.getAllOrders({ status: 'all' })
    expect(placed).toMatchObject({ status: 'filled', symbol: 'ACME', source: 'trader_dashboard' })
    expect((await positions.getOpenPosition({ symbolOrAssetId: 'ACME' })).qty).toBe('7')
  })

  it('tells the time and the sessions', async () => {
    const { clock, calendar } = await exchange()
    expect(await clock.legacyClock()).toMatchObject({ isOpen: true, nextClose: new Date('2026-03-03T21:00:00Z') })
    const days = await calendar.legacyCalendar({ start: new Date('2026-11-26'), end: new Date('2026-11-30') })
    expect(days.map(({ open, close }) => `${open} ${close}`)).toEqual(['09:30 13:00', '09:30 16:00'])
  })

  it('lists its orders by time, symbol, side and place', async () => {
    const { alpaca, submit, orders } = await exchange()
    alpaca.world.setQuote('OTHR', '9.99', '10.01')
    const placed = [await submit(), await submit({ symbol: 'OTHR' }), await submit({ side: 'sell', type: 'limit', limitPrice: '120' })]
    const ids = async (asked: Parameters<typeof orders.getAllOrders>[0]) => (await orders.getAllOrders(asked)).map(({ id }) => id)
    const [a, b, c] = placed.map(({ id }) => id)
    expect(await ids({ status: 'all', direction: 'asc' })).toEqual([a, b, c])
    expect(await ids({ status: 'all', limit: 1 })).toEqual([c])
    expect(await ids({ status: 'closed', symbols: 'OTHR' })).toEqual([b])
    expect(await ids({ status: 'all', side: 'sell' })).toEqual([c])
    expect(await ids({ status: 'all', afterOrderId: String(a), direction: 'asc' })).toEqual([b, c])
    const stamp = (placed[0] as { readonly submitted_at?: string }).submitted_at
    expect(await ids({ status: 'all', after: String(stamp), direction: 'asc' })).toEqual([b, c])
  })
})
