import { afterEach, describe, expect, it } from 'vitest'
import { closeAll, exchange, listen, refusal } from './clients.ts'

afterEach(closeAll)
const minute = 60_000
const legsOf = (order: { readonly legs?: { readonly type?: string; readonly status?: string }[] | null }) =>
  (order.legs ?? []).map(({ type, status }) => `${type} ${status}`)
const bracket = {
  orderClass: 'bracket',
  type: 'limit',
  limitPrice: '100.05',
  timeInForce: 'gtc',
  takeProfit: { limitPrice: '110' },
  stopLoss: { stopPrice: '95' },
} as const

describe('the life of an order', () => {
  it('market: the ask, at once', async () => {
    const { submit, positions, account } = await exchange()
    expect(await submit()).toMatchObject({ status: 'filled', filledQty: '10', filledAvgPrice: '100.02' })
    expect(await positions.getOpenPosition({ symbolOrAssetId: 'ACME' })).toMatchObject({
      qty: '10',
      qtyAvailable: '10',
      avgEntryPrice: '100.02',
      currentPrice: '100',
      unrealizedPl: '-0.2',
    })
    const held = await account.getAccount()
    expect(held).toMatchObject({ cash: '98999.8', equity: '99999.8', buyingPower: '198999.6', multiplier: '2', status: 'ACTIVE' })
    expect(Object.keys(held).filter((name) => /pattern|daytrad/i.test(name))).toEqual([])
  })

  it('limit: works until the market comes to it', async () => {
    const { alpaca, submit, look } = await exchange()
    const { id, status } = await submit({ type: 'limit', limitPrice: '99' })
    alpaca.world.setQuote('ACME', '98.98', '99.01')
    expect([status, (await look(id)).status]).toEqual(['new', 'new'])
    alpaca.world.setQuote('ACME', '98.9', '98.95')
    expect(await look(id)).toMatchObject({ status: 'filled', filledAvgPrice: '98.95' })
  })

  it('stop: fires where the market is by then', async () => {
    const { alpaca, submit, look } = await exchange()
    await submit()
    const { id } = await submit({ side: 'sell', type: 'stop', stopPrice: '95' })
    alpaca.world.setQuote('ACME', '94.5', '94.6')
    expect(await look(id)).toMatchObject({ status: 'filled', filledAvgPrice: '94.5' })
  })

  it('stop limit: once fired it is a limit, and may be left behind', async () => {
    const { alpaca, submit, look } = await exchange()
    await submit()
    const { id } = await submit({ side: 'sell', type: 'stop_limit', stopPrice: '95', limitPrice: '94.8' })
    alpaca.world.setQuote('ACME', '94.5', '94.6')
    expect((await look(id)).status).toBe('new')
    alpaca.world.setQuote('ACME', '94.9', '95')
    expect(await look(id)).toMatchObject({ status: 'filled', filledAvgPrice: '94.9' })
  })

  it('trailing stop: follows the best price, never back', async () => {
    const { alpaca, submit, look } = await exchange()
    await submit()
    const { id } = await submit({ side: 'sell', type: 'trailing_stop', trailPrice: '2', timeInForce: 'gtc' })
    expect(await look(id)).toMatchObject({ hwm: '99.98', stopPrice: '97.98' })
    alpaca.world.setQuote('ACME', '105', '105.02')
    alpaca.world.setQuote('ACME', '104', '104.02')
    expect(await look(id)).toMatchObject({ hwm: '105', stopPrice: '103', status: 'new' })
    alpaca.world.setQuote('ACME', '102.9', '102.95')
    expect(await look(id)).toMatchObject({ status: 'filled', filledAvgPrice: '102.9' })
  })

  it('ioc and fok: now, or not at all', async () => {
    const { alpaca, submit } = await exchange({ partialFillRate: 1 })
    const partly = await submit({ timeInForce: 'ioc' })
    expect([partly.status, Number(partly.filledQty) > 0, Number(partly.filledQty) < 10]).toEqual(['canceled', true, true])
    expect(await submit({ timeInForce: 'fok' })).toMatchObject({ status: 'filled', filledQty: '10' })
    expect(await submit({ timeInForce: 'fok', type: 'limit', limitPrice: '90' })).toMatchObject({ status: 'canceled', filledQty: '0' })
    alpaca.conduct.fills = 'manual'
    const waiting = await submit({ timeInForce: 'fok' })
    alpaca.world.matchBar('ACME', { at: alpaca.world.now(), open: '100', high: '100', low: '100', close: '100', volume: 50 })
    expect(alpaca.book.find(String(waiting.id))).toMatchObject({ status: 'canceled' })
  })

  it('opg and cls: the auction decides', async () => {
    const { alpaca, submit, look } = await exchange({ startAt: Date.parse('2026-03-03T14:00:00Z') })
    const opening = await submit({ timeInForce: 'opg' })
    const closing = await submit({ timeInForce: 'cls', type: 'limit', limitPrice: '90' })
    expect([opening.status, closing.status]).toEqual(['accepted', 'accepted'])
    alpaca.world.advance(31 * minute)
    expect([(await look(opening.id)).status, (await look(closing.id)).status]).toEqual(['filled', 'new'])
    alpaca.world.advanceTo(alpaca.world.today().close)
    expect((await look(closing.id)).status).toBe('canceled')
  })

  it('day orders end with the day, good-till-canceled ones do not, and evening orders with the evening', async () => {
    const { alpaca, submit, look } = await exchange()
    const terms = { type: 'limit', limitPrice: '90' } as const
    const day = await submit(terms)
    const gtc = await submit({ ...terms, timeInForce: 'gtc' })
    const evening = await submit({ ...terms, extendedHours: true })
    alpaca.world.advanceTo(alpaca.world.today().close)
    const states = async () => Promise.all([day, gtc, evening].map(async ({ id }) => (await look(id)).status))
    expect(await states()).toEqual(['expired', 'new', 'new'])
    alpaca.world.setQuote('ACME', '89.5', '89.6')
    expect(await states()).toEqual(['expired', 'new', 'filled'])
    alpaca.world.advance(91 * 86_400_000)
    expect(await states()).toEqual(['expired', 'expired', 'filled'])
  })

  it('placed while the exchange sleeps, it waits for the morning', async () => {
    const { alpaca, submit, look } = await exchange({ startAt: Date.parse('2026-03-03T02:00:00Z') })
    const { id, status } = await submit()
    alpaca.world.advanceTo(Date.parse('2026-03-03T14:30:00Z'))
    expect([status, (await look(id)).status]).toEqual(['accepted', 'new'])
    alpaca.world.setQuote('ACME', '101', '101.1')
    expect((await look(id)).filledAvgPrice).toBe('101.1')
  })

  it('partial fills come over several quotes, one average', async () => {
    const { alpaca, submit, look } = await exchange({ partialFillRate: 1 })
    const { id, status, filledQty } = await submit({ qty: '100' })
    expect([status, Number(filledQty) > 0 && Number(filledQty) < 100]).toEqual(['partially_filled', true])
    for (let n = 0; n < 4; n++) alpaca.world.setQuote('ACME', '100.08', '100.12')
    const done = await look(id)
    expect(done.status).toBe('filled')
    expect(Number(done.filledAvgPrice)).toBeCloseTo((Number(filledQty) * 100.02 + (100 - Number(filledQty)) * 100.12) / 100, 4)
  })

  it('a halted symbol takes orders and fills none', async () => {
    const { alpaca, submit, look } = await exchange()
    alpaca.world.halt('ACME')
    const { id, status } = await submit()
    alpaca.world.setQuote('ACME', '90', '90.1')
    expect([status, (await look(id)).status]).toEqual(['new', 'new'])
    alpaca.world.resume('ACME')
    alpaca.world.setQuote('ACME', '91', '91.1')
    expect((await look(id)).filledAvgPrice).toBe('91.1')
  })

  it('dollars buy a fraction', async () => {
    const { orders, look, positions } = await exchange()
    const dollars = { symbol: 'ACME', notional: '250.05', side: 'buy', type: 'market', timeInForce: 'day' } as const
    const { id } = await orders.postOrder({ postOrderRequest: dollars })
    expect(await look(id)).toMatchObject({ status: 'filled', filledQty: '2.5', notional: '250.05' })
    expect((await positions.getOpenPosition({ symbolOrAssetId: 'ACME' })).qty).toBe('2.5')
  })
})

describe('a bracket', () => {
  it('holds its legs until the entry is complete, not before', async () => {
    const { alpaca, submit, look } = await exchange({ conduct: { fills: 'manual' } })
    const { id, clientOrderId, legs } = await submit(bracket)
    alpaca.world.partialFill(String(id), '4')
    expect(legsOf(await look(id))).toEqual(['limit held', 'stop held'])
    alpaca.world.fillOrder(String(id))
    expect(legsOf(await look(id))).toEqual(['limit new', 'stop held'])
    expect([clientOrderId, new Set([clientOrderId, ...(legs ?? []).map((leg) => leg.clientOrderId)]).size]).toEqual(['test-1', 3])
  })

  it('shows its stop only nested or by id once the entry is filled', async () => {
    const { orders, submit, look } = await exchange()
    const { id, legs } = await submit(bracket)
    const open = await orders.getAllOrders({ status: 'open' })
    expect(open.map(({ type, status }) => `${type} ${status}`)).toEqual(['limit new'])
    const nested = await orders.getAllOrders({ status: 'open', nested: true })
    expect(nested.map((order) => [order.id, legsOf(order)])).toEqual([[id, ['limit new', 'stop held']]])
    expect((await look(legs?.[1]?.id)).status).toBe('held')
  })

  it('a leg that fills ends the other', async () => {
    const { alpaca, submit, look, positions } = await exchange()
    const { id } = await submit(bracket)
    alpaca.world.setQuote('ACME', '94', '94.1')
    expect(legsOf(await look(id))).toEqual(['limit canceled', 'stop filled'])
    expect(await positions.getAllOpenPositions()).toEqual([])
  })

  it('a target filled in part shrinks the stop', async () => {
    const { alpaca, submit, look } = await exchange({ conduct: { fills: 'manual' } })
    const { id, legs } = await submit(bracket)
    alpaca.world.fillOrder(String(id))
    alpaca.world.partialFill(String(legs?.[0]?.id), '3')
    expect((await look(id)).legs?.map(({ qty, filledQty }) => [qty, filledQty])).toEqual([
      ['10', '3'],
      ['7', '0'],
    ])
  })

  it('both legs may fill all the same: the account is short then', async () => {
    const { alpaca, submit, positions } = await exchange({ conduct: { fills: 'manual' } })
    const { id, legs } = await submit(bracket)
    for (const each of [id, legs?.[0]?.id, legs?.[1]?.id]) alpaca.world.fillOrder(String(each))
    expect(await positions.getOpenPosition({ symbolOrAssetId: 'ACME' })).toMatchObject({ side: 'short', qty: '-10' })
  })

  it('canceled while it is filled in part, it leaves shares without protection', async () => {
    const { alpaca, submit, look, orders, positions } = await exchange({ conduct: { fills: 'manual' } })
    const { id } = await submit(bracket)
    alpaca.world.partialFill(String(id), '4')
    await orders.deleteOrderByOrderID({ orderId: String(id) })
    expect(legsOf(await look(id))).toEqual(['limit canceled', 'stop canceled'])
    expect((await positions.getOpenPosition({ symbolOrAssetId: 'ACME' })).qtyAvailable).toBe('4')
  })

  it('one-triggers-other has one leg, one-cancels-other closes a position', async () => {
    const { submit, look, alpaca } = await exchange()
    const oto = await submit({ orderClass: 'oto', stopLoss: { stopPrice: '95' } })
    expect(legsOf(oto)).toEqual(['stop new'])
    await alpaca.world.manualCancel(String(oto.legs?.[0]?.id))
    const { id } = await submit({
      orderClass: 'oco',
      side: 'sell',
      type: 'limit',
      limitPrice: '110',
      timeInForce: 'gtc',
      stopLoss: { stopPrice: '95', limitPrice: '94' },
    })
    expect(legsOf(await look(id))).toEqual(['stop_limit held'])
    alpaca.world.setQuote('ACME', '94.5', '94.6')
    expect(await look(id)).toMatchObject({ status: 'canceled', legs: [{ status: 'filled', filledAvgPrice: '94.5' }] })
  })
})

describe('cancelling and replacing', () => {
  it('204 is a request: the order may fill first, or the cancel fail', async () => {
    const here = await exchange({ conduct: { cancels: 'hold' } })
    const { alpaca, submit, look, orders } = here
    const { lines, until } = await listen(here)
    const first = await submit({ type: 'limit', limitPrice: '99' })
    await orders.deleteOrderByOrderID({ orderId: String(first.id) })
    expect((await look(first.id)).status).toBe('pending_cancel')
    expect(await refusal(orders.deleteOrderByOrderID({ orderId: String(first.id) }))).toBe('422 42210000 order pending cancel')
    alpaca.world.refuseCancel(String(first.id))
    expect((await look(first.id)).status).toBe('new')
    await orders.deleteOrderByOrderID({ orderId: String(first.id) })
    alpaca.world.fillOrder(String(first.id))
    alpaca.world.completeCancel(String(first.id))
    expect((await look(first.id)).status).toBe('filled')
    expect(await refusal(orders.deleteOrderByOrderID({ orderId: String(first.id) }))).toContain('422')
    await until(5)
    expect(lines).toEqual([
      'new new',
      'pending_cancel pending_cancel',
      'order_cancel_rejected new',
      'pending_cancel pending_cancel',
      'fill filled 10 @ 99 = 10',
    ])
  })

  it('all at once: one status per order', async () => {
    const { submit, orders, look } = await exchange()
    const { id } = await submit({ type: 'limit', limitPrice: '99' })
    await submit({ type: 'limit', limitPrice: '98' })
    expect((await orders.deleteAllOrders()).map(({ status }) => status)).toEqual([200, 200])
    expect(await look(id)).toMatchObject({ status: 'canceled' })
  })

  it('a fill may come after the cancel', async () => {
    const { alpaca, submit, orders, look, positions } = await exchange()
    const { id } = await submit({ type: 'limit', limitPrice: '99' })
    await orders.deleteOrderByOrderID({ orderId: String(id) })
    alpaca.world.partialFill(String(id), '3')
    expect(await look(id)).toMatchObject({ status: 'canceled', filledQty: '3' })
    expect((await positions.getOpenPosition({ symbolOrAssetId: 'ACME' })).qty).toBe('3')
  })

  it('replacing makes a new order that knows the old one', async () => {
    const { submit, orders, look } = await exchange()
    const old = await submit({ type: 'limit', limitPrice: '99' })
    const patch = { limitPrice: '98', clientOrderId: 'moved' }
    const next = await orders.patchOrderByOrderId({ orderId: String(old.id), patchOrderRequest: patch })
    expect(await look(old.id)).toMatchObject({ status: 'replaced', replacedBy: next.id })
    expect(await look(next.id)).toMatchObject({ status: 'new', replaces: old.id, limitPrice: '98', clientOrderId: 'moved', qty: '10' })
    expect(await refusal(orders.patchOrderByOrderId({ orderId: String(old.id), patchOrderRequest: { limitPrice: '97' } }))).toContain('422')
  })

  it('the old order fills first: the new one is rejected', async () => {
    const { alpaca, submit, orders, look } = await exchange({ conduct: { replaces: 'hold' } })
    const old = await submit({ type: 'limit', limitPrice: '99' })
    const next = await orders.patchOrderByOrderId({ orderId: String(old.id), patchOrderRequest: { limitPrice: '98' } })
    expect((await look(old.id)).status).toBe('pending_replace')
    alpaca.world.fillOrder(String(old.id))
    alpaca.world.completeReplace(String(next.id))
    expect([(await look(old.id)).status, (await look(next.id)).status]).toEqual(['filled', 'rejected'])
  })

  it('moves a stop leg, which stays in the family', async () => {
    const { alpaca, submit, orders, look } = await exchange()
    const { id, legs } = await submit(bracket)
    const stop = String(legs?.[1]?.id)
    const next = await orders.patchOrderByOrderId({ orderId: stop, patchOrderRequest: { stopPrice: '97' } })
    expect(legsOf(await look(id))).toEqual(['limit new', 'stop held'])
    alpaca.world.setQuote('ACME', '96.9', '97')
    expect(await look(next.id)).toMatchObject({ status: 'filled', filledAvgPrice: '96.9' })
  })

  it.each(['done_for_day', 'stopped', 'suspended', 'calculated', 'accepted_for_bidding'])(
    '%s can be provoked, and nothing trades',
    async (status) => {
      const { alpaca, submit, look } = await exchange()
      const { id } = await submit({ type: 'limit', limitPrice: '99' })
      alpaca.world.setStatus(String(id), status)
      alpaca.world.setQuote('ACME', '98', '98.1')
      expect(await look(id)).toMatchObject({ status, filledQty: '0' })
    },
  )

  it('pending_new lasts until the venue has it, and the venue may reject', async () => {
    const { alpaca, submit, look } = await exchange({ conduct: { accepts: 'hold' } })
    const [first, second] = [await submit(), await submit()]
    alpaca.world.accept(String(first.id))
    alpaca.world.rejectOrder(String(second.id))
    expect([first.status, (await look(first.id)).status, (await look(second.id)).status]).toEqual(['pending_new', 'filled', 'rejected'])
  })
})
