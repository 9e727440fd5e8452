import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Broker } from '../../src/ports/broker.ts'
import { wrongInBooks } from '../support/books.ts'
import { eventually, plainBroker, startTestBot, type TestBot } from '../support/bot.ts'
import { type Person, personAt } from '../support/person.ts'

describe('a broker whose fills are quicker than its answers', () => {
  let bot: TestBot
  let person: Person
  let symbols: string[]
  let slow: 'to take' | 'to answer' = 'to answer'
  let answered = 0
  const unhurried = (broker: Broker): Broker => ({
    ...broker,
    async submitEntry(entry) {
      if (slow === 'to take') {
        await bot.bot.app.reconcile()
        return broker.submitEntry(entry)
      }
      const before = (await broker.activitiesSince('1970-01-01T00:00:00Z')).length
      const result = await broker.submitEntry(entry)
      await eventually('the entry filled', async () => (await broker.activitiesSince('1970-01-01T00:00:00Z')).length > before)
      // Long enough for the fill to be told before the order is known.
      await new Promise((done) => setTimeout(done, 500))
      answered += 1
      return result
    },
  })
  beforeAll(async () => {
    bot = await startTestBot({ bot: { wrap: { broker: unhurried } }, settings: { ...plainBroker, approvals: { ceiling_percent: 3 } } })
    person = personAt(bot.url)
    symbols = (await bot.bot.app.market.securities()).filter(({ tradable }) => tradable).map(({ symbol }) => symbol)
  })
  afterAll(() => bot.stop())

  async function approved(id: string): Promise<string> {
    await person.alert(id, symbols.shift() ?? '')
    const proposal = await person.proposalOf(id)
    expect(await person.approve(proposal)).toMatchObject({ status: 200 })
    return `${proposal.id}-v1`
  }
  async function expectOneWholeTrade(entry: string): Promise<void> {
    const legs = await eventually('both legs at work', async () => {
      const found = (await person.orders()).filter(({ id, status }) => id.startsWith(`${entry}-`) && status === 'accepted')
      return found.length === 2 ? found : null
    })
    expect(legs.map(({ id }) => id).sort()).toEqual([`${entry}-stop`, `${entry}-target`])
    const events = await bot.bot.app.read.events({ stream: `order:${entry}` }, 100)
    const types = events.map(({ event }) => event.type).filter((type) => type !== 'OrderPartiallyFilled')
    expect(types).toEqual(['OrderPrepared', 'OrderSubmitted', 'OrderAccepted', 'OrderFilled'])
  }

  it('given a fill that is told before the answer, when the answer comes, then it counts at once and the legs are the entry’s own', async () => {
    slow = 'to answer'
    const entry = await approved('filled-first')
    await eventually('the answer', async () => answered > 0)
    await eventually('the position', async () => (await person.openPositions()).length === 1, 10_000)
    await expectOneWholeTrade(entry)
  })

  it('given an order on its way, when the books are compared with a broker that does not have it yet, then it is not sent again', async () => {
    slow = 'to take'
    await expectOneWholeTrade(await approved('on-its-way'))
  })

  it('given both, when the bot has stopped, then its books and its broker agree', async () => {
    await bot.stop({ keep: true })
    expect(await wrongInBooks(bot.home)).toEqual([])
  })
})
