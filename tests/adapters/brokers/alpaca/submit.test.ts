import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decimal, price, quantity, text } from '../../../../src/domain/decimal.ts'
import { clearForSending, riskReducing } from '../../../../src/domain/risk/verdict.ts'
import type { SubmitResult } from '../../../../src/ports/broker.ts'
import { bracket, cleared, reducing, ticket } from '../world.ts'
import { type AlpacaBench, alpacaBench } from './bench.ts'

let bench: AlpacaBench
beforeEach(async () => {
  bench = await alpacaBench({ connect: false })
  bench.alpaca.conduct.fills = 'manual'
})
afterEach(() => bench.stop())

const post = { method: 'POST', path: /\/v2\/orders$/ }
const sent = (method = 'POST') => bench.alpaca.requests.filter((r) => r.method === method && r.path === '/v2/orders')
const again = (attempt: number, over = {}) => ({ ...cleared(over), attempt })
const orders = () => bench.alpaca.orders()
const reasonOf = (result: SubmitResult): string => ('reason' in result ? result.reason : '')

describe('an order on its way to Alpaca', () => {
  it('goes as the ticket says, to the letter', async () => {
    await bench.broker.submitEntry(cleared({ clientOrderId: 'b1', bracket, timeInForce: 'gtc' }))
    expect(sent()[0]?.body).toEqual({
      client_order_id: 'b1',
      symbol: 'ACME',
      side: 'buy',
      type: 'limit',
      time_in_force: 'gtc',
      qty: '100',
      limit_price: '100.5',
      order_class: 'bracket',
      stop_loss: { stop_price: '95' },
      take_profit: { limit_price: '110' },
    })
  })

  it.each([
    ['market', { type: 'market', limitPrice: null, timeInForce: 'day' }, { type: 'market', time_in_force: 'day' }],
    ['stop', { type: 'stop', limitPrice: null, stopPrice: price('105') }, { type: 'stop', stop_price: '105' }],
    ['stop limit', { type: 'stop_limit', stopPrice: price('105') }, { type: 'stop_limit', stop_price: '105', limit_price: '100.5' }],
    [
      'trailing stop',
      { type: 'trailing_stop', limitPrice: null, trailPercent: decimal('3') },
      { type: 'trailing_stop', trail_percent: '3' },
    ],
    ['after hours', { extendedHours: true, timeInForce: 'day' }, { extended_hours: true, time_in_force: 'day' }],
    ['immediate', { timeInForce: 'ioc' }, { time_in_force: 'ioc' }],
    ['all or nothing', { timeInForce: 'fok' }, { time_in_force: 'fok' }],
    ['at the open', { timeInForce: 'opg' }, { time_in_force: 'opg' }],
    ['at the close', { timeInForce: 'cls' }, { time_in_force: 'cls' }],
  ] as const)('may be of any kind: %s', async (_, over, wire) => {
    const result = await bench.broker.submitEntry(cleared(over))
    expect(sent()[0]?.body).toMatchObject(wire)
    expect(result).toMatchObject({ outcome: 'accepted', order: { ticket: { ...('type' in over ? { type: over.type } : {}) } } })
  })

  it('brings its stop alone as one-triggers-other', async () => {
    await bench.broker.submitEntry(cleared({ bracket: { stopLoss: price('95'), takeProfit: null } }))
    expect(sent()[0]?.body).toMatchObject({ order_class: 'oto', stop_loss: { stop_price: '95' } })
    expect(sent()[0]?.body).not.toHaveProperty('take_profit')
  })

  it('protects as one-cancels-other, short positions too', async () => {
    bench.alpaca.world.givePosition('ACME', '-10', '100')
    const pair = reducing({
      side: 'buy',
      type: 'limit',
      limitPrice: price('90'),
      quantity: quantity('10'),
      bracket: { stopLoss: price('105'), takeProfit: price('90') },
    })
    expect(await bench.broker.submitReducing(pair)).toMatchObject({ outcome: 'accepted', legs: [{ legRole: 'stop', status: 'accepted' }] })
    expect(sent()[0]?.body).toMatchObject({ order_class: 'oco', take_profit: { limit_price: '90' }, stop_loss: { stop_price: '105' } })
  })

  it('keeps fractions of shares as they are', async () => {
    bench.alpaca.world.givePosition('ACME', '1.234567', '100')
    const odd = riskReducing(
      ticket({ side: 'sell', type: 'market', limitPrice: null, timeInForce: 'day', quantity: quantity('1.234567') }),
      {
        symbol: 'ACME',
        side: 'long',
        quantity: quantity('1.234567'),
      },
    )
    expect(await bench.broker.submitReducing(odd)).toMatchObject({ outcome: 'accepted' })
    const [held] = await bench.broker.positions()
    expect(held && text(held.quantity)).toBe('1.234567')
  })
})

describe('an answer that was lost leaves the order unknown', () => {
  it.each([
    ['the connection is reset after it arrived', () => bench.alpaca.faults.drop({ ...post, when: 'after' })],
    ['the answer breaks off', () => bench.alpaca.faults.halfAnswer(post)],
    ['the answer is empty', () => bench.alpaca.faults.brokenBody('', post)],
    ['the answer is no JSON', () => bench.alpaca.faults.brokenBody('<html>', post)],
    ['the answer is some other JSON', () => bench.alpaca.faults.brokenBody('{"ok":true}', post)],
    ['a gateway gives up after it arrived', () => bench.alpaca.faults.status(504, { ...post, when: 'after' })],
    ['a proxy answers with a page', () => bench.alpaca.faults.status(403, { ...post, when: 'after' }, '<html>blocked</html>')],
    ['the request is said to have timed out', () => bench.alpaca.faults.status(408, { ...post, when: 'after' })],
  ])('%s', async (_, fault) => {
    fault()
    const result = await bench.broker.submitEntry(cleared())
    expect(result.outcome).toBe('unknown')
    expect(sent()).toHaveLength(1)
    expect(orders()).toHaveLength(1)
    expect((await bench.broker.orderByClientId('c1'))?.order.brokerOrderId).toBe(orders()[0]?.id)
  })

  it('the connection is reset before it arrived', async () => {
    bench.alpaca.faults.drop(post)
    expect((await bench.broker.submitEntry(cleared())).outcome).toBe('unknown')
    expect(sent()).toHaveLength(1)
    expect(await bench.broker.orderByClientId('c1')).toBeNull()
  })

  it('the answer speaks of another order', async () => {
    const { order } = (await bench.broker.submitEntry(cleared({ clientOrderId: 'other' }))) as Extract<SubmitResult, { order: object }>
    const wire = bench.alpaca.requests.at(-1)?.answer
    expect(order.clientOrderId).toBe('other')
    bench.alpaca.faults.brokenBody(JSON.stringify(wire), post)
    const result = await bench.broker.submitEntry(cleared({ quantity: quantity('7') }))
    expect(result.outcome).toBe('unknown')
    expect(reasonOf(result)).toContain('client id other')
    expect(bench.log.notes.map(({ level }) => level)).toContain('error')
  })
})

describe('a used client id', () => {
  it('is answered with the order that has it', async () => {
    bench.alpaca.faults.drop({ ...post, when: 'after' })
    await bench.broker.submitEntry(cleared())
    const result = await bench.broker.submitEntry(again(2))
    expect(result).toMatchObject({ outcome: 'duplicate', order: { clientOrderId: 'c1', brokerOrderId: orders()[0]?.id } })
    expect(orders()).toHaveLength(1)
  })

  it('comes with its legs', async () => {
    await bench.broker.submitEntry(cleared({ bracket }))
    expect(await bench.broker.submitEntry(again(2, { bracket }))).toMatchObject({
      outcome: 'duplicate',
      legs: [{ legRole: 'target' }, { legRole: 'stop' }],
    })
  })

  it('whose order is not to be seen yet is unknown, never rejected', async () => {
    bench.alpaca.faults.status(422, post, JSON.stringify({ code: 40010001, message: 'client_order_id must be unique' }))
    expect(await bench.broker.submitEntry(cleared())).toMatchObject({ outcome: 'unknown' })
  })

  it('whose order cannot be looked up is unknown, never rejected', async () => {
    await bench.broker.submitEntry(cleared())
    bench.alpaca.faults.status(503, { method: 'GET', path: /by_client_order_id/, times: 4 })
    expect((await bench.broker.submitEntry(again(2))).outcome).toBe('unknown')
  })
})

describe('too many requests', () => {
  it('sends the same order again, under the same id, when the server wants to hear again', async () => {
    bench.alpaca.faults.tooMany(1, post)
    const result = await bench.broker.submitEntry(cleared())
    expect(result.outcome).toBe('accepted')
    expect(sent().map(({ status, body }) => [status, (body as Record<string, unknown>)['client_order_id']])).toEqual([
      [429, 'c1'],
      [200, 'c1'],
    ])
  })

  it('gives up an entry that would have to wait for long: it never got in', async () => {
    bench.alpaca.faults.tooMany(60, post)
    expect(await bench.broker.submitEntry(cleared())).toMatchObject({ outcome: 'rejected', code: 'rate_limited' })
    expect(sent()).toHaveLength(1)
  })

  it('does not call an order rejected that an earlier sending may have brought there', async () => {
    bench.alpaca.faults.tooMany(60, post)
    expect((await bench.broker.submitEntry(again(2))).outcome).toBe('unknown')
  })
})

describe('a refusal', () => {
  it('of a first sending is final, without asking further', async () => {
    expect(await bench.broker.submitEntry(cleared({ symbol: 'HARD', side: 'sell' }))).toMatchObject({
      outcome: 'rejected',
      code: 'not_shortable',
    })
    expect(bench.alpaca.requests.filter(({ method }) => method === 'GET')).toEqual([])
  })

  it('of a later sending is looked up first: the earlier one may have arrived', async () => {
    bench.alpaca.faults.drop({ ...post, when: 'after' })
    await bench.broker.submitEntry(cleared())
    bench.alpaca.faults.status(403, post, JSON.stringify({ code: 40310000, message: 'insufficient buying power' }))
    expect(await bench.broker.submitEntry(again(2))).toMatchObject({ outcome: 'duplicate', order: { clientOrderId: 'c1' } })
  })

  it('of a later sending stands when there is no earlier one', async () => {
    bench.alpaca.faults.status(403, post, JSON.stringify({ code: 40310000, message: 'insufficient buying power' }))
    expect(await bench.broker.submitEntry(again(2))).toMatchObject({ outcome: 'rejected', code: 'insufficient_buying_power' })
  })

  it('carries the id by which Alpaca finds the request, and no key', async () => {
    const { APCA_API_SECRET_KEY: secret } = bench.alpaca.access
    bench.alpaca.faults.status(422, post, JSON.stringify({ code: 42210000, message: `no such thing as ${secret}` }))
    const result = await bench.broker.submitEntry(cleared())
    expect(reasonOf(result)).toBe('no such thing as •••')
  })

  it('because of another order of the same account is a wash trade', async () => {
    await bench.broker.submitEntry(cleared({ clientOrderId: 'a' }))
    expect(
      await bench.broker.submitEntry({ ...clearForSending(cleared({ side: 'sell' }).entry, ticket({ clientOrderId: 'b', side: 'sell' })) }),
    ).toMatchObject({
      outcome: 'rejected',
      code: 'wash_trade',
    })
  })
})

describe('a change of a stop', () => {
  const protectedPosition = async () => {
    bench.alpaca.world.givePosition('ACME', '100', '100')
    const stop = { type: 'stop' as const, stopPrice: price('95') }
    const result = await bench.broker.submitReducing(reducing({ clientOrderId: 's1', ...stop }))
    if (result.outcome !== 'accepted') throw new Error(JSON.stringify(result))
    await bench.alpaca.until(() => bench.alpaca.orders()[0]?.status === 'new')
    return result.order
  }
  const patch = { method: 'PATCH', path: /\/v2\/orders\// }

  it('is an order of its own that names the one it replaces', async () => {
    const old = await protectedPosition()
    const moved = await bench.broker.replace(old.brokerOrderId, { clientOrderId: 's2', stopPrice: price('97'), quantity: quantity('50') })
    expect(moved).toMatchObject({ outcome: 'accepted', order: { clientOrderId: 's2', replaces: old.brokerOrderId } })
    expect(bench.alpaca.requests.at(-1)?.body).toEqual({ client_order_id: 's2', stop_price: '97', qty: '50' })
  })

  it('whose answer is lost is unknown, and found by its own id', async () => {
    const old = await protectedPosition()
    bench.alpaca.faults.drop({ ...patch, when: 'after' })
    expect((await bench.broker.replace(old.brokerOrderId, { clientOrderId: 's2', stopPrice: price('97') })).outcome).toBe('unknown')
    expect(await bench.broker.orderByClientId('s2')).toMatchObject({ order: { replaces: old.brokerOrderId } })
  })

  it('made twice under one id is found again', async () => {
    const old = await protectedPosition()
    await bench.broker.replace(old.brokerOrderId, { clientOrderId: 's2', stopPrice: price('97') })
    await bench.alpaca.until(() => bench.alpaca.orders().at(-1)?.status === 'new')
    const next = bench.alpaca.orders().at(-1)?.id ?? ''
    expect(await bench.broker.replace(next, { clientOrderId: 's2', stopPrice: price('98') })).toMatchObject({ outcome: 'duplicate' })
  })

  it('that has ended or was never there is refused as such', async () => {
    const old = await protectedPosition()
    bench.alpaca.world.expireOrder('s1')
    const change = { clientOrderId: 's2', stopPrice: price('97') }
    expect(await bench.broker.replace(old.brokerOrderId, change)).toMatchObject({ outcome: 'rejected', code: 'order_not_open' })
    expect(await bench.broker.replace('00000000-0000-4000-8000-000000000000', change)).toMatchObject({ code: 'order_not_open' })
  })

  it('that is refused for a reason nobody knows says so, also when the order cannot be looked at', async () => {
    const old = await protectedPosition()
    const refusal = JSON.stringify({ code: 42210000, message: 'something new' })
    bench.alpaca.faults.status(422, { ...patch, times: 2 }, refusal)
    const change = { clientOrderId: 's2', stopPrice: price('97') }
    expect(await bench.broker.replace(old.brokerOrderId, change)).toMatchObject({ outcome: 'rejected', code: 'invalid_order' })
    bench.alpaca.faults.status(503, { method: 'GET', path: /\/v2\/orders\//, times: 4 })
    expect(await bench.broker.replace(old.brokerOrderId, change)).toMatchObject({
      outcome: 'rejected',
      code: 'invalid_order',
      reason: 'something new',
    })
  })

  it('to parts of a cent is refused as such', async () => {
    const old = await protectedPosition()
    expect(await bench.broker.replace(old.brokerOrderId, { clientOrderId: 's2', stopPrice: price('97.001') })).toMatchObject({
      code: 'sub_penny',
    })
  })
})
