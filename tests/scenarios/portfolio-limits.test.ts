import { afterEach, describe, expect, it } from 'vitest'
import { plainBroker, roomyLimits, startTestBot, type TestBot } from '../support/bot.ts'
import { personAt } from '../support/person.ts'

/** Cards are of about 5 % of equity. */
const limits: readonly [string, object, string][] = [
  ['one position', { max_positions: { count: 1 } }, 'MAX_POSITIONS'],
  ['8 % of equity', { total_exposure: { percent: 8 } }, 'TOTAL_EXPOSURE'],
  ['one entry a minute', { order_rate: { per_minute: 1 } }, 'ORDER_RATE'],
]

describe('entries that fit one at a time, but not together', () => {
  let bot: TestBot | null = null
  afterEach(async () => {
    await bot?.stop()
    bot = null
  })

  it.each(limits)('given room for %s, when four are approved at the same moment, then one passes', async (_, risk, code) => {
    bot = await startTestBot({ settings: { ...plainBroker, risk: { ...roomyLimits, ...risk } } })
    const person = personAt(bot.url)
    const tradable = (await bot.bot.app.market.securities()).filter((security) => security.tradable)
    const cards = []
    for (const [i, { symbol }] of tradable.slice(0, 4).entries()) {
      await person.alert(`together-${i}`, symbol)
      cards.push(await person.proposalOf(`together-${i}`))
    }
    expect(cards.map(({ status, denials }) => [status, denials])).toEqual(cards.map(() => ['pending', []]))

    const { post } = bot
    const answers = await Promise.all(
      cards.map(({ id, version }) => post<{ denials?: { code: string }[] }>(`/api/v1/proposals/${id}/approve`, { version })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422])
    for (const { status, body } of answers) if (status === 422) expect(body.denials?.map((denial) => denial.code)).toContain(code)
    const entries = (await bot.bot.app.read.orders({}, { limit: 50 })).items.filter(({ role }) => role === 'entry')
    expect(entries).toHaveLength(1)
    // What was denied for a while waits: it can be approved once there is room.
    const waiting = (await bot.bot.app.read.openProposals()).map(({ denials }) => denials[0]?.code)
    expect(waiting).toEqual([code, code, code])
  })
})
