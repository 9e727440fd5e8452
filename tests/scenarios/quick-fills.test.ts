import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Broker } from '../../src/ports/broker.ts'
import { eventually, plainBroker, startTestBot, type TestBot } from '../support/bot.ts'
import { wrongInBooks } from '../support/books.ts'
import { type Person, personAt } from '../support/person.ts'

describe('a broker whose fills are quicker than its answers', () => {
  let bot: TestBot
  let person: Person
  let answered = 0
  /** The order is accepted and filled; the word that it was accepted takes a while. */
  const slowToAnswer = (broker: Broker): Broker => ({
    ...broker,
    async submitEntry(entry) {
      const result = await broker.submitEntry(entry)
      await eventually('the entry filled', async () => (await broker.executionsSince('1970-01-01T00:00:00Z')).length > 0)
      // And heard of: the next look at the market comes after it.
      await bot.bot.app.reconcile()
      await new Promise((done) => setTimeout(done, 500))
      answered += 1
      return result
    },
  })
  beforeAll(async () => {
    bot = await startTestBot({ bot: { wrap: { broker: slowToAnswer } }, settings: { ...plainBroker, approvals: { ceiling_percent: 5 } } })
    person = personAt(bot.url)
  })
  afterAll(() => bot.stop())

  it('given a fill before the answer, when the answer comes, then the fill counts at once, the legs are the entry’s own, and it was sent once', async () => {
    const [security] = await bot.bot.app.market.securities()
    await person.alert('quick', security?.symbol ?? '')
    const proposal = await person.proposalOf('quick')
    expect(await person.approve(proposal)).toMatchObject({ status: 200 })
    await eventually('the answer', async () => answered > 0)

    const position = await eventually('the position', async () => (await person.openPositions())[0], 10_000)
    expect(position.quantity).toBe(proposal.quantity)
    const entry = `${proposal.id}-v1`
    const legs = await eventually('both legs', async () => {
      const found = (await person.orders()).filter(({ role, status }) => role !== 'entry' && status === 'accepted')
      return found.length === 2 ? found : null
    })
    expect(legs.map(({ id }) => id).sort()).toEqual([`${entry}-stop`, `${entry}-target`])
    const events = await bot.bot.app.read.events({ stream: `order:${entry}` }, 100)
    expect(events.map(({ event }) => event.type)).toEqual(['OrderPrepared', 'OrderSubmitted', 'OrderAccepted', 'OrderFilled'])
    await bot.stop({ keep: true })
    expect(await wrongInBooks(bot.home)).toEqual([])
  })
})
