import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProposalView } from '../../src/app/views.ts'
import { wrongInBooks } from '../support/books.ts'
import { plainBroker, roomyLimits, startTestBot, type TestBot } from '../support/bot.ts'
import { startCrashBot } from '../support/crash-child.ts'
import { type ApprovalReply, type Person, personAt, type Reply } from '../support/person.ts'

const taps = 500

/** One connection for each: `fetch` opens another whenever all are waiting for an answer. */
const together = <T>(times: number, tap: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, i) => tap(i)))

const statuses = (replies: readonly Reply<unknown>[]): Readonly<Record<number, number>> => {
  const counts: Record<number, number> = {}
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
const trueStates = (replies: readonly ApprovalReply[]) => [
  ...new Set(replies.filter(({ status }) => status === 409).map(({ body }) => `${body.proposal?.id} ${body.proposal?.status}`)),
]

describe('many who decide the same thing at the same moment', () => {
  let bot: TestBot
  let person: Person
  let symbols: readonly string[]
  beforeAll(async () => {
    bot = await startTestBot({ settings: { ...plainBroker, risk: { ...roomyLimits, duplicate_order: { seconds: 0 } } } })
    person = personAt(bot.url)
    symbols = (await bot.bot.app.market.securities()).map(({ symbol }) => symbol)
  })
  afterAll(() => bot.stop())

  async function card(id: string, i: number): Promise<ProposalView> {
    await person.alert(id, symbols[i] ?? '')
    return person.proposalOf(id)
  }
  const eventsOf = async (stream: string) => (await bot.bot.app.read.events({ stream }, 100)).map(({ event }) => event.type)
  const entriesOf = async (proposal: ProposalView) =>
    (await person.orders()).filter((o) => o.proposal_id === proposal.id && o.role === 'entry')

  it(`given one card, when ${taps} taps approve it at once, then one answers 200, the others 409 with the true state, and there is one order`, async () => {
    const proposal = await card('crowd', 0)
    const replies = await together(taps, () => person.approve(proposal))

    expect(statuses(replies)).toEqual({ 200: 1, 409: taps - 1 })
    expect(trueStates(replies)).toEqual([`${proposal.id} approved`])
    expect(await eventsOf(`proposal:${proposal.id}`)).toEqual(['ProposalOffered', 'ProposalApproved'])
    await person.protectedPosition(proposal.symbol)
    const [order, ...more] = await entriesOf(proposal)
    expect(more).toEqual([])
    expect((await eventsOf(`order:${order?.id}`)).slice(0, 2)).toEqual(['OrderPrepared', 'OrderSubmitted'])
    expect((await eventsOf(`order:${order?.id}`)).filter((type) => type === 'OrderSubmitted')).toHaveLength(1)
  })

  it('given a flood of taps, when somebody kills, then the kill does not wait for them', async () => {
    const proposal = await card('flood', 11)
    let answered = 0
    const flood = together(taps, async () => {
      const reply = await person.approve(proposal)
      answered += 1
      return reply
    })
    const killed = await person.post<{ trading_state: string }>('/api/v1/kill')
    const before = answered
    expect(killed.body.trading_state).toBe('halted')
    expect(before).toBeLessThan(taps)
    await flood
    const working = (await person.orders()).filter((o) => o.proposal_id === proposal.id && o.role === 'entry' && o.status === 'accepted')
    expect(working).toEqual([])
    await person.post('/api/v1/positions/close-all')
    await person.post('/api/v1/resume', { reason: 'the flood is over' })
  })

  it('given one card, when half of the taps decline it, then one decision stands and the answers agree with it', async () => {
    const proposal = await card('split-crowd', 1)
    const replies = await together(100, (i) =>
      i % 2 === 0 ? person.approve(proposal) : person.post<ApprovalReply['body']>(`/api/v1/proposals/${proposal.id}/decline`),
    )
    expect(statuses(replies)).toEqual({ 200: 1, 409: 99 })
    const decided = (await person.proposals()).find(({ id }) => id === proposal.id)
    expect(trueStates(replies)).toEqual([`${proposal.id} ${decided?.status}`])
    expect(await entriesOf(proposal)).toHaveLength(decided?.status === 'approved' ? 1 : 0)
  })

  it('given a position, when many close it at once, then it is sold once', async () => {
    const proposal = await card('to-be-closed', 2)
    await person.approve(proposal)
    const position = await person.protectedPosition(proposal.symbol)
    const replies = await together(50, () => person.post<{ closing: { order_id: string }[] }>(`/api/v1/positions/${position.id}/close`))
    expect(statuses(replies)).toEqual({ 200: 50 })
    const closes = (await person.orders()).filter((o) => o.position_id === position.id && o.role === 'close')
    expect(closes).toHaveLength(1)
  })

  it('given all of this, when the bot has stopped, then its books and its broker agree to the last share', async () => {
    await bot.stop({ keep: true })
    expect(await wrongInBooks(bot.home)).toEqual([])
  })
})

/** Nothing fills: each process has a simulated exchange of its own, and would miss what the other one's filled. */
const restingOrders = { simulation: { ...plainBroker.simulation, latency_ms: 60_000 } }

const server = process.env['TEST_DATABASE_URL']
describe('two processes on one database', () => {
  it.skipIf(!server)(
    server
      ? 'given a second process that believes it leads, when both get the taps, then there is one approval, one order, one submission'
      : 'two processes need a server: set TEST_DATABASE_URL to run this',
    { timeout: 120_000 },
    async () => {
      const bot = await startTestBot({ settings: restingOrders })
      const other = startCrashBot({ home: bot.home, settings: restingOrders, moment: null, lead: false })
      try {
        const url = await other.url
        if (url === null) throw new Error(`the second process did not start: ${(await other.gone).errors}`)
        const people = [personAt(bot.url), personAt(url)] as const
        const symbols = (await bot.bot.app.market.securities()).map(({ symbol }) => symbol)
        for (const [round, symbol] of symbols.slice(0, 4).entries()) {
          await people[round % 2 === 0 ? 0 : 1].alert(`shared-${round}`, symbol)
          const proposal = await people[0].proposalOf(`shared-${round}`)
          const replies = await together(100, (i) => people[i % 2 === 0 ? 0 : 1].approve(proposal))
          expect(statuses(replies)).toEqual({ 200: 1, 409: 99 })
          expect(trueStates(replies)).toEqual([`${proposal.id} approved`])
          await expectOneOrder(bot, proposal, round === 0)
        }
      } finally {
        other.kill()
        await other.gone
        await bot.stop()
      }
    },
  )
})

/**
 * What must hold is what leaves: one order, sent once, by one of them. Only the first order can also be followed to its
 * acceptance: two simulated exchanges number their orders alike.
 */
async function expectOneOrder(bot: TestBot, proposal: ProposalView, first: boolean): Promise<void> {
  const { read } = bot.bot.app
  const types = async (stream: string) => (await read.events({ stream }, 100)).map(({ event }) => event.type)
  const order = `order:${proposal.id}-v${proposal.version}`
  await expect.poll(() => types(order), { timeout: 30_000, interval: 50 }).toContain(first ? 'OrderAccepted' : 'OrderSubmitted')
  expect((await types(`proposal:${proposal.id}`)).filter((type) => type === 'ProposalApproved')).toHaveLength(1)
  const happened = await types(order)
  for (const once of ['OrderPrepared', 'OrderSubmitted', ...(first ? ['OrderAccepted'] : [])])
    expect(happened.filter((type) => type === once)).toHaveLength(1)
  expect((await read.orders({ proposalId: proposal.id }, { limit: 50 })).items.filter(({ role }) => role === 'entry')).toHaveLength(1)
}
