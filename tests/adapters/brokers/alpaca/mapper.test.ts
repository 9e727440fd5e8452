import { describe, expect, it } from 'vitest'
import { createFamily } from '../../../../src/adapters/brokers/alpaca/family.ts'
import { flattened, toAccount, toBrokerOrder, withLegs } from '../../../../src/adapters/brokers/alpaca/mapper.ts'
import { accountShape, orderShape, type WireOrder } from '../../../../src/adapters/brokers/alpaca/schema.ts'
import { text } from '../../../../src/domain/decimal.ts'

/** An order as documented, with what a test changes. */
const wire = (over: Record<string, unknown> = {}): WireOrder =>
  orderShape.parse({
    id: 'o1',
    client_order_id: 'c1',
    created_at: '2026-03-03T15:00:00.123456789Z',
    submitted_at: '2026-03-03T15:00:00.223456789Z',
    symbol: 'ACME',
    asset_class: 'us_equity',
    notional: null,
    qty: '100',
    filled_qty: '0',
    filled_avg_price: null,
    order_class: '',
    order_type: 'limit',
    type: 'limit',
    side: 'buy',
    time_in_force: 'gtc',
    limit_price: '100.5',
    stop_price: null,
    status: 'new',
    extended_hours: false,
    legs: null,
    replaces: null,
    ...over,
  })
const target = { id: 't', client_order_id: 'xt', side: 'sell', limit_price: '110', order_class: 'bracket' }
const stop = {
  id: 's',
  client_order_id: 'xs',
  side: 'sell',
  type: 'stop',
  order_type: 'stop',
  limit_price: null,
  stop_price: '95',
  order_class: 'bracket',
}
const bracket = (over: Record<string, unknown> = {}) =>
  wire({ order_class: 'bracket', legs: [wire({ ...stop, status: 'held' }), wire({ ...target, status: 'held' })], ...over })

describe('an order as Alpaca tells it', () => {
  it('becomes ours, its time without nanoseconds', () => {
    const order = toBrokerOrder(wire({ filled_qty: '12.5' }), createFamily())
    expect(order).toMatchObject({
      brokerOrderId: 'o1',
      clientOrderId: 'c1',
      status: 'accepted',
      statusWord: 'new',
      legRole: null,
      replaces: null,
    })
    expect([order.at, text(order.filledQuantity), text(order.ticket.quantity)]).toEqual(['2026-03-03T15:00:00.223Z', '12.5', '100'])
  })

  it('keeps what a bracket was asked to do, the target before the stop', () => {
    const { order, legs } = withLegs(bracket(), createFamily())
    expect(order?.ticket.bracket && [text(order.ticket.bracket.stopLoss), order.ticket.bracket.takeProfit?.toFixed()]).toEqual([
      '95',
      '110',
    ])
    expect(legs.map((leg) => [leg.brokerOrderId, leg.legRole, leg.status])).toEqual([
      ['t', 'target', 'held'],
      ['s', 'stop', 'held'],
    ])
  })

  it('shows a held stop as working once its entry has filled, wherever that was told', () => {
    const family = createFamily()
    withLegs(bracket(), family)
    const held = wire({ ...stop, status: 'held' })
    expect(toBrokerOrder(held, family).status).toBe('held')
    family.learn(wire({ order_class: 'bracket', status: 'filled' }))
    expect(toBrokerOrder(held, family)).toMatchObject({ status: 'accepted', statusWord: 'held', parentBrokerOrderId: 'o1' })
  })

  it('passes a place in the family on to what replaces it', () => {
    const family = createFamily()
    withLegs(bracket(), family)
    const moved = toBrokerOrder(wire({ ...stop, id: 's2', replaces: 's' }), family)
    expect(moved).toMatchObject({ legRole: 'stop', parentBrokerOrderId: 'o1', replaces: 's' })
  })

  it.each([
    ['a type', { type: 'iceberg', order_type: 'iceberg' }],
    ['a time in force', { time_in_force: 'gtd' }],
    ['a side', { side: 'exchange' }],
    ['a status', { status: 'thawing' }],
  ])('with %s that nobody knows is unrecognized, and kept', (_, over) => {
    const order = toBrokerOrder(wire(over), createFamily())
    expect(order.status).toBe('unrecognized')
    expect(order.statusWord).toBe('status' in over ? over.status : 'new')
  })

  it('names short sales as sales, and a trailing stop by how far it trails', () => {
    const order = toBrokerOrder(
      wire({ side: 'sell_short', type: 'trailing_stop', trail_percent: '3', stop_price: '97', limit_price: null }),
      createFamily(),
    )
    expect(order.ticket).toMatchObject({ side: 'sell', type: 'trailing_stop', stopPrice: null })
    expect(order.ticket.trailPercent?.toFixed()).toBe('3')
  })

  it('in several symbols at once is its parts', () => {
    const legs = [wire({ id: 'a', symbol: 'ACME260320C00100000' }), wire({ id: 'b', symbol: 'ACME260320C00110000', side: 'sell' })]
    const whole = wire({ symbol: null, side: null, qty: '1', order_class: 'mleg', legs })
    expect(flattened([whole], createFamily()).map((o) => o.brokerOrderId)).toEqual(['a', 'b'])
  })

  it('may lack what is not needed to know it', () => {
    const { submitted_at: _, client_order_id: _id, extended_hours: _hours, ...rest } = wire()
    const order = toBrokerOrder(orderShape.parse(rest), createFamily())
    expect([order.at, order.clientOrderId, order.ticket.extendedHours]).toEqual(['2026-03-03T15:00:00.123Z', '', false])
  })

  it.each([{ qty: 'NaN' }, { qty: 100 }, { created_at: 'yesterday' }, { id: '' }])('is none with %o', (over) => {
    expect(orderShape.safeParse({ ...wire(), ...over }).success).toBe(false)
  })
})

describe('an account', () => {
  const account = { status: 'ACTIVE', equity: '100000', cash: '50000.5', buying_power: '200000' }

  it.each([
    [{ currency: 'USD' }, 'USD'],
    [{ currency: 'EUR' }, 'EUR'],
    [{ currency: null }, undefined],
    [{}, undefined],
  ])('given %j, then its money is in %s', (over, currency) => {
    expect(toAccount(accountShape.parse({ ...account, ...over })).currency).toBe(currency)
  })
})
