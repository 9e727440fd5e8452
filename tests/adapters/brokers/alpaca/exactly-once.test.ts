import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRateBudget } from '../../../../src/adapters/alpaca/rate-budget.ts'
import { cleared } from '../world.ts'
import { type AlpacaBench, alpacaBench } from './bench.ts'

let bench: AlpacaBench
beforeAll(async () => {
  // Eighty runs are more than a minute's requests.
  bench = await alpacaBench({ connect: false, broker: { budget: createRateBudget({ limit: 100_000 }) } })
  bench.alpaca.conduct.fills = 'manual'
})
afterAll(() => bench.stop())

const post = { method: 'POST', path: /\/v2\/orders$/ }
const look = { method: 'GET', path: /by_client_order_id/ }
const refusal = JSON.stringify({ code: 40310000, message: 'insufficient buying power' })
const faults = {
  none: () => undefined,
  'reset before': () => bench.alpaca.faults.drop(post),
  'reset after': () => bench.alpaca.faults.drop({ ...post, when: 'after' }),
  'half an answer': () => bench.alpaca.faults.halfAnswer(post),
  'no body': () => bench.alpaca.faults.brokenBody('', post),
  'gateway before': () => bench.alpaca.faults.status(502, post, 'Bad Gateway'),
  'gateway after': () => bench.alpaca.faults.status(504, { ...post, when: 'after' }, 'Gateway Timeout'),
  refused: () => bench.alpaca.faults.status(403, post, refusal),
  'too many': () => bench.alpaca.faults.tooMany(0, { ...post, times: 2 }),
  'look-up down': () => bench.alpaca.faults.status(503, { ...look, times: 4 }),
}
const schedule = fc.array(fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[])), { minLength: 1, maxLength: 5 })

it('however often an order is sent, and whatever becomes of the answers, there is one of it at most, and no answer lies', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(schedule, async (steps) => {
      run += 1
      const clientOrderId = `once-${run}`
      const there = () => bench.alpaca.orders().filter((order) => order.clientOrderId === clientOrderId)
      for (const [i, fault] of steps.entries()) {
        bench.alpaca.faults.clear()
        faults[fault]()
        const result = await bench.broker.submitEntry({ ...cleared({ clientOrderId }), attempt: i + 1 })
        expect(there().length).toBeLessThanOrEqual(1)
        if (result.outcome === 'accepted' || result.outcome === 'duplicate') {
          expect(there().map(({ id }) => id)).toEqual([result.order.brokerOrderId])
          return
        }
        if (result.outcome === 'rejected') {
          expect(there()).toEqual([])
          return
        }
      }
    }),
    { numRuns: 80 },
  )
})
