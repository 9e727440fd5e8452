import { afterEach, describe, expect, it } from 'vitest'
import { clientsOf, closeAll, exchange, listen, refusal } from './clients.ts'

afterEach(closeAll)
const placing = { method: 'POST', path: /^\/v2\/orders$/ }
async function failureOf(act: Promise<unknown>): Promise<string> {
  try {
    await act
    return 'none'
  } catch (error) {
    return (error as Error).name
  }
}

describe('a placement whose answer is lost', () => {
  it.each([
    ['the connection drops before it is accepted', 'FetchError', 0, 'before'],
    ['the connection drops after it is accepted', 'FetchError', 1, 'after'],
  ] as const)('%s', async (_, kind, accepted, when) => {
    const { alpaca, orders, order } = await exchange()
    alpaca.faults.drop({ ...placing, when })
    expect(await failureOf(orders.postOrder({ postOrderRequest: order() }))).toBe(kind)
    expect(alpaca.orders()).toHaveLength(accepted)
    expect(alpaca.requests.map(({ path, status }) => `${path} ${status}`)).toEqual(['/v2/orders 0'])
  })

  it('the answer breaks off in its middle', async () => {
    const { alpaca, orders, order } = await exchange()
    alpaca.faults.halfAnswer(placing)
    expect(await failureOf(orders.postOrder({ postOrderRequest: order() }))).toBe('TypeError')
    expect(alpaca.orders()).toHaveLength(1)
  })

  it.each(['', '<html>ok</html>'])('200 with %j for a body', async (body) => {
    const { alpaca, orders, order } = await exchange()
    alpaca.faults.brokenBody(body, placing)
    expect(await failureOf(orders.postOrder({ postOrderRequest: order() }))).toBe('SyntaxError')
    expect(alpaca.orders()).toHaveLength(1)
  })

  it.each([500, 502, 503, 504])('%i after it was accepted, and the next try finds its id used', async (status) => {
    const { alpaca, orders, order } = await exchange()
    alpaca.faults.status(status, { ...placing, when: 'after' })
    const asked = { postOrderRequest: order() }
    expect(await refusal(orders.postOrder(asked))).toContain(String(status))
    expect(await refusal(orders.postOrder(asked))).toBe('422 40010001 client_order_id must be unique')
    expect(await orders.getOrderByClientOrderId({ clientOrderId: 'test-1' })).toMatchObject({ status: 'filled' })
  })

  it('504 before: nothing was placed', async () => {
    const { alpaca, orders, order } = await exchange()
    alpaca.faults.status(504, placing)
    expect(await refusal(orders.postOrder({ postOrderRequest: order() }))).toContain('504')
    expect(alpaca.orders()).toEqual([])
  })

  it('too slow for the client, and placed all the same', async () => {
    const { alpaca } = await exchange()
    const { orders } = clientsOf(alpaca, 100)
    alpaca.faults.slow(300, { ...placing, when: 'after' })
    const asked = { symbol: 'ACME', qty: '1', side: 'buy', type: 'market', timeInForce: 'day' } as const
    expect(await failureOf(orders.postOrder({ postOrderRequest: asked }))).toMatch(/Timeout|Abort|FetchError/)
    expect(alpaca.orders()).toHaveLength(1)
  })

  it('and look-ups do not find it for half a minute', async () => {
    const { alpaca, orders, order, look } = await exchange()
    alpaca.hideOrders(30_000)
    alpaca.faults.drop({ ...placing, when: 'after' })
    await failureOf(orders.postOrder({ postOrderRequest: order({ type: 'limit', limitPrice: '90' }) }))
    const find = () => orders.getOrderByClientOrderId({ clientOrderId: 'test-1' })
    expect(await refusal(find())).toContain('404 40410000')
    expect(await orders.getAllOrders({ status: 'all' })).toEqual([])
    alpaca.world.advance(29_999)
    expect(await refusal(look(alpaca.orders()[0]?.id))).toContain('404 40410000')
    alpaca.world.advance(1)
    expect((await find()).status).toBe('new')
  })
})

describe('other faults', () => {
  it('429 with and without a time to wait', async () => {
    const { alpaca, account } = await exchange()
    const waits: (number | undefined)[] = []
    for (const seconds of [7, null]) {
      alpaca.faults.tooMany(seconds, { path: /account/ })
      await account.getAccount().catch((error: { readonly retryAfterMs?: number }) => waits.push(error.retryAfterMs))
    }
    expect(waits).toEqual([7_000, undefined])
    expect((await account.getAccount()).status).toBe('ACTIVE')
    expect(alpaca.faults.happened).toBe(2)
  })

  it('the fill is told before the answer to the order', async () => {
    const here = await exchange({ conduct: { fills: 'manual' } })
    const { alpaca, orders, order } = here
    const { lines, until } = await listen(here)
    alpaca.faults.slow(200, { ...placing, when: 'after' })
    const answer = orders.postOrder({ postOrderRequest: order() })
    await alpaca.until(() => alpaca.orders().length === 1)
    alpaca.world.fillOrder('test-1')
    await until(2)
    expect(lines).toEqual(['new new', 'fill filled 10 @ 100.02 = 10'])
    expect((await answer).status).toBe('pending_new')
  })

  it('an address that is too long', async () => {
    const { stocks } = await exchange({ maxUrlBytes: 500 })
    const symbols = Array.from({ length: 200 }, (_, i) => `SYM${i}`).join(',')
    expect(await refusal(stocks.stockSnapshots({ symbols, feed: 'iex' }))).toContain('414')
  })
})
