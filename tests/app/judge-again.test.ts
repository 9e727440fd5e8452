import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AppContext, occasion } from '../../src/app/context.ts'
import { judgeAgain } from '../../src/app/judge-again.ts'
import { lookAtMarket } from '../../src/app/risk-context.ts'
import { type CaseWorld, simulatedWorld } from '../support/case-world.ts'

/** 20 shares at about $100 each: 2 % of equity, $60 at risk. */
const small = { sizing: { 'fixed-percent': { percent: '2' } } }

describe('an entry that is on the books, judged again', () => {
  let world: CaseWorld
  beforeEach(async () => {
    world = await simulatedWorld(small)
  })
  afterEach(() => world.close())

  const hold = async (symbol: string) => {
    await world.desk.hold(symbol)
    // Past the time in which the same symbol is not entered twice.
    await world.wait(40)
  }
  /** One that never arrived at the broker. */
  const unsent = async (symbol = 'ACME') => {
    world.next('never_arrives')
    await world.desk.alert({ symbol })
    await world.desk.approve(symbol)
    const order = (await world.desk.orders(symbol)).find(({ role, status }) => role === 'entry' && status === 'unknown')
    if (!order) throw new Error('no unknown entry')
    return order
  }
  /** What one check says of the entry, with these limits. */
  const says = async (order: Awaited<ReturnType<typeof unsent>>, code: string, limits: object): Promise<string | null> => {
    const { app } = world.desk
    const armed = app.checks().filter(({ check }) => check.code === code)
    const context: AppContext = {
      ...app,
      checks: () => armed.map(({ check }) => ({ check, limits: check.limits.parse(limits) })),
    }
    const look = await lookAtMarket(app, order.symbol)
    return app.store.transact(occasion(app, 'system'), (tx) => judgeAgain(context, tx, order, look))
  }

  it.each([
    ['POSITION_TOO_LARGE', { usd: '2100' }],
    ['MAX_POSITIONS', { count: 1 }],
    ['TOTAL_EXPOSURE', { percent: '2.1' }],
    ['SECTOR_EXPOSURE', { percent: '2.1' }],
    ['OPEN_RISK', { percent: '5' }],
    ['ORDER_RATE', { per_minute: 1 }],
    ['DUPLICATE_ORDER', { seconds: 3600 }],
  ])('does not stand in its own way: %s with room for it alone', async (code, limits) => {
    expect(await says(await unsent(), code, limits)).toBeNull()
  })

  it.each([
    ['POSITION_TOO_LARGE', { usd: '4200' }, { usd: '2100' }],
    ['MAX_POSITIONS', { count: 1 }, null],
    ['TOTAL_EXPOSURE', { percent: '4.2' }, { percent: '2.1' }],
    ['SECTOR_EXPOSURE', { percent: '4.2' }, { percent: '2.1' }],
    ['OPEN_RISK', { percent: '8' }, { percent: '5' }],
    ['ORDER_RATE', { per_minute: 2 }, { per_minute: 1 }],
    ['DUPLICATE_ORDER', { seconds: 30 }, { seconds: 3600 }],
  ])('counts what its own symbol holds: %s with room for both, and for one of them', async (code, both, one) => {
    await hold('ACME')
    const order = await unsent()
    expect(await says(order, code, both)).toBeNull()
    if (one !== null) expect(await says(order, code, one)).toEqual(expect.any(String))
  })

  it('counts what another symbol holds', async () => {
    await hold('BETA')
    const order = await unsent()
    expect(await says(order, 'MAX_POSITIONS', { count: 2 })).toBeNull()
    expect(await says(order, 'MAX_POSITIONS', { count: 1 })).toBe('1 positions are open or on their way; at most 1')
    expect(await says(order, 'TOTAL_EXPOSURE', { percent: '2.1' })).toEqual(expect.any(String))
  })
})
