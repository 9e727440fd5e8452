import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { lookAround, rangeOfToday } from '../../src/app/portfolio-inputs.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Desk, openDesk } from '../support/desk.ts'
import { evening } from '../support/samples.ts'

let database: TestDatabase
let desk: Desk
beforeAll(async () => {
  database = await testDatabase()
})
beforeEach(async () => {
  await database.reset()
  desk = await openDesk(database)
})
afterEach(() => desk.stop())
afterAll(() => database.close())

/** Counts what is asked of the market. */
function countingBars(): { daily: number } {
  const asked = { daily: 0 }
  const { bars } = desk.app.market
  Object.assign(desk.app.market, {
    bars: (...args: Parameters<typeof bars>) => {
      if (args[1] === '1d') asked.daily += 1
      return bars(...args)
    },
  })
  return asked
}

describe('what is known around an entry', () => {
  it('is nothing while nothing is held, and costs nothing', async () => {
    const asked = countingBars()
    const { lasts, returns } = await lookAround(desk.app, 'ACME')
    expect([lasts.size, returns.size, asked.daily]).toEqual([0, 0, 0])
  })

  it('is the last trade of everything held, and daily returns, looked up once a day', async () => {
    await desk.hold('BETA')
    desk.app.status.returns.stamp = ''
    const asked = countingBars()
    const { lasts, returns } = await lookAround(desk.app, 'ACME')
    expect([lasts.get('BETA')?.toFixed(), [...returns.keys()], asked.daily]).toEqual(['100', ['ACME', 'BETA'], 2])
    await lookAround(desk.app, 'ACME')
    expect(asked.daily).toBe(2)
    await desk.market.at('2013-10-08T14:00:00Z')
    await lookAround(desk.app, 'ACME')
    expect(asked.daily).toBe(4)
  })

  it('goes on without what the market does not say', async () => {
    await desk.hold('BETA')
    desk.app.status.returns.stamp = ''
    const fail = () => Promise.reject(new Error('no line'))
    Object.assign(desk.app.market, { bars: fail, quotes: fail })
    const { lasts, returns } = await lookAround(desk.app, 'ACME')
    expect([lasts.size, returns.size]).toEqual([0, 0])
  })
})

describe("today's range", () => {
  it('is of the complete minutes of this session, and of no other time', async () => {
    const range = await rangeOfToday(desk.app, 'ACME')
    expect([range?.low.toFixed(), range?.high.toFixed()]).toEqual(['99', '101'])
    await desk.market.at(evening)
    expect(await rangeOfToday(desk.app, 'ACME')).toBeNull()
  })
})
