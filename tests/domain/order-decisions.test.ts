import { describe, expect, it } from 'vitest'
import { price, quantity, text, usd } from '../../src/domain/decimal.ts'
import { type Order, orderEvolution } from '../../src/domain/order.ts'
import {
  acceptOrder,
  endOrder,
  fillOrder,
  requestCancel,
  reverseFill,
  shrinkOrder,
  submitOrder,
  tellStatus,
} from '../../src/domain/order-decisions.ts'
import { iso, order } from '../support/samples.ts'

describe('an order', () => {
  it('is sent again only when it is ready or its fate is unknown', () => {
    const statuses = ['ready', 'unknown', 'sending', 'accepted', 'held', 'filled', 'canceled', 'rejected', 'pending_cancel'] as const
    const sendable = statuses.filter((status) => submitOrder(order({ status }), iso()).ok)
    expect(sendable).toEqual(['ready', 'unknown'])
  })

  it('belongs to one order at the broker for ever', () => {
    expect(acceptOrder(order(), 'b1', iso())).toEqual({ ok: true, events: [] })
    expect(() => acceptOrder(order(), 'b2', iso())).toThrow('is b1 at the broker')
  })

  it('that was never sent is canceled on the spot, and an ended one cannot be', () => {
    expect(requestCancel(order({ status: 'ready' }), 'kill', iso())).toMatchObject({ ok: true, events: [{}, { type: 'OrderCanceled' }] })
    expect(requestCancel(order({ status: 'filled' }), 'kill', iso())).toMatchObject({ ok: false, refusal: { code: 'ORDER_ENDED' } })
    expect(endOrder(order({ status: 'canceled' }), { type: 'OrderExpired', at: iso() })).toEqual({ ok: true, events: [] })
  })
})

describe('what a broker calls an order', () => {
  const events = (decision: ReturnType<typeof tellStatus>) => (decision.ok ? decision.events : [])

  it('is news when it is a word that was not told before, and when it works again', () => {
    expect(events(tellStatus(order(), 'accepted', 'new', iso()))).toEqual([])
    const paused = told(order(), tellStatus(order(), 'paused', 'suspended', iso()))
    expect(paused).toMatchObject({ status: 'paused', statusWord: 'suspended' })
    expect(events(tellStatus(paused, 'paused', 'suspended', iso()))).toEqual([])
    expect(told(paused, tellStatus(paused, 'paused', 'done_for_day', iso()))).toMatchObject({ statusWord: 'done_for_day' })
    expect(told(paused, tellStatus(paused, 'accepted', 'new', iso()))).toMatchObject({ status: 'accepted', statusWord: null })
  })

  it('brings no ended order back, and only a word that nobody knows hides that a cancel was asked for', () => {
    expect(events(tellStatus(order({ status: 'canceled' }), 'accepted', 'new', iso()))).toEqual([])
    const asked = order({ status: 'pending_cancel' })
    expect(events(tellStatus(asked, 'paused', 'suspended', iso()))).toEqual([])
    expect(told(asked, tellStatus(asked, 'unrecognized', 'odd', iso())).status).toBe('unrecognized')
  })

  it('that was canceled here without ever having been there revives it', () => {
    const concluded = order({ status: 'canceled', brokerOrderId: null, endedAt: iso() })
    expect(told(concluded, acceptOrder(concluded, 'b9', iso()))).toMatchObject({ status: 'accepted', brokerOrderId: 'b9', endedAt: null })
  })
})

describe('an execution that is taken back', () => {
  const fill = { executionId: 'x1', quantity: quantity('40'), price: price('100'), fees: usd('0.1'), at: iso() }
  const filled = told(order(), fillOrder(order(), fill))

  it('leaves the sums as if it had not been, once', () => {
    const back = { ...fill, executionId: 'r1' }
    const after = told(filled, reverseFill(filled, back, 'x1'))
    expect([text(after.filledQuantity), after.filledAveragePrice, text(after.fees)]).toEqual(['0', null, '0'])
    expect(reverseFill(after, back, 'x1')).toEqual({ ok: true, events: [] })
  })

  it('must have been there', () => {
    expect(() => reverseFill(filled, { ...fill, executionId: 'r1' }, 'x2')).toThrow('never had the execution x2')
  })
})

const stop = order({ id: 'o1-stop', role: 'stop', status: 'accepted', quantity: quantity('100') })

function told(state: Order, decision: ReturnType<typeof shrinkOrder>): Order {
  if (!decision.ok) throw new Error(decision.refusal.explain)
  return decision.events.reduce(orderEvolution.evolve, state)
}
const filled = (state: Order, shares: string): Order =>
  told(state, fillOrder(state, { executionId: `e${shares}`, quantity: quantity(shares), price: price('9'), fees: usd('0'), at: iso(2) }))

describe('a stop whose target was filled in part', () => {
  it('is complete when what is left of it is filled', () => {
    const shrunk = told(stop, shrinkOrder(stop, quantity('60'), iso(1)))
    expect(text(shrunk.quantity)).toBe('60')
    expect(filled(shrunk, '60').status).toBe('filled')
  })

  it('is complete, too, when the fill is told before the new size', () => {
    const early = filled(stop, '60')
    expect(early.status).toBe('partially_filled')
    expect(told(early, shrinkOrder(early, quantity('60'), iso(3))).status).toBe('filled')
  })

  it('hears the same size twice without a change, and never grows', () => {
    const shrunk = told(stop, shrinkOrder(stop, quantity('60'), iso(1)))
    expect(shrinkOrder(shrunk, quantity('60'), iso(2))).toEqual({ ok: true, events: [] })
    expect(shrinkOrder(shrunk, quantity('80'), iso(2))).toEqual({ ok: true, events: [] })
  })
})
