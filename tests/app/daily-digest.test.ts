import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Card } from '../../src/ports/chat.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Desk, openDesk } from '../support/desk.ts'
import { evening, nextOpen } from '../support/samples.ts'

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

async function digests(at: Desk = desk): Promise<readonly Card[]> {
  await at.app.dailyDigest()
  await at.app.settled()
  return at.cards.filter(({ event }) => event === 'digest')
}

it('given a session that is over, then it tells once what the day came to, with the head of the chain', async () => {
  await desk.hold('ACME')
  await desk.alert({ symbol: 'BETA' })
  await desk.app.decline((await desk.proposal('BETA')).id, null, desk.by())
  await desk.turn('ACME', '97')
  expect(await digests()).toEqual([])
  await desk.market.at(evening)
  await desk.app.mark()
  const [head] = await desk.app.read.events({ newest: true }, 1)
  const [card] = await digests()
  expect(card?.title).toMatch(/^-\$\d+\.\d\d net on 2013-10-07$/)
  expect(card?.lines).toEqual(['1 trade, 0 won, 1 lost', '2 proposals: 1 approved, 1 declined'])
  expect(card?.facts.find((f) => f.label === 'Hash')?.value.replace(' ', '')).toBe(head?.hash)
  expect(await digests()).toHaveLength(1)
})

it('given a start after the close, then a day that was told of is not told of again', async () => {
  await desk.market.at(evening)
  expect(await digests()).toHaveLength(1)
  await desk.stop()
  const second = await openDesk(database, { market: desk.market })
  expect(await digests(second)).toEqual([])
  await second.stop()
  desk = await openDesk(database)
})

it('given time that jumped over the evening, then the day before is told of all the same', async () => {
  await desk.market.at(nextOpen)
  expect((await digests()).map(({ title }) => title)).toEqual(['$0.00 net on 2013-10-07'])
})

it('given a day on which nobody was here, then there is nothing to tell', async () => {
  await desk.stop()
  await database.reset()
  desk = await openDesk(database)
  expect(await digests()).toEqual([])
})
