import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProposalView } from '../../src/app/views.ts'
import { wrongInBooks } from '../support/books.ts'
import { eventually, plainBroker, removeHome, roomyLimits, startTestBot, type TestBot } from '../support/bot.ts'
import { type ApprovalReply, headlineOf, type Person, personAt } from '../support/person.ts'

const rounds = 6

/** A small ceiling and quick time: prices leave it, cards expire, and some entries rest at the broker. */
const settings = {
  simulation: { ...plainBroker.simulation, speed: 20 },
  approvals: { ceiling_percent: 0.05, expiry_minutes: 2 },
  execution: { entry_fill_timeout_seconds: 3600 },
  risk: { ...roomyLimits, duplicate_order: { seconds: 0 }, cooldown_after_stop: { minutes: 0 } },
}

const soon = (): Promise<void> => new Promise((done) => setTimeout(done, Math.random() * 25))
/** Both at once, either first. */
async function race<A, B>(one: () => Promise<A>, other: () => Promise<B>): Promise<readonly [A, B]> {
  const after = async <T>(act: () => Promise<T>): Promise<T> => {
    await soon()
    return act()
  }
  return Promise.all([after(one), after(other)])
}

const endings = ['ProposalApproved', 'ProposalDeclined', 'ProposalExpired', 'ProposalSuperseded', 'ProposalVoided']

describe('a tap that races with something else', () => {
  let bot: TestBot
  let person: Person
  let symbols: string[]
  let cards = 0
  beforeAll(async () => {
    bot = await startTestBot({ settings })
    person = personAt(bot.url)
    symbols = (await bot.bot.app.market.securities()).filter(({ tradable }) => tradable).map(({ symbol }) => symbol)
  })
  afterAll(async () => {
    await bot.stop({ keep: true })
    await removeHome(bot.home)
  })

  async function card(): Promise<ProposalView> {
    cards += 1
    const id = `race-${cards}`
    await person.alert(id, symbols[cards % symbols.length] ?? '')
    return person.proposalOf(id)
  }
  const types = async (stream: string) => (await bot.bot.app.read.events({ stream }, 100)).map(({ event }) => event.type)

  /** The answer, the card, the events and the orders tell one story. */
  async function agrees({ id }: ProposalView, reply: ApprovalReply): Promise<ProposalView> {
    const now = (await person.proposals()).find((proposal) => proposal.id === id)
    if (!now) throw new Error(`${id} is gone`)
    const ended = (await types(`proposal:${id}`)).filter((type) => endings.includes(type))
    const entries = (await person.orders()).filter((order) => order.proposal_id === id && order.role === 'entry')
    const story = { ended, entries: entries.length, answer: reply.status === 200, told: reply.body.proposal?.status }
    switch (now.status) {
      case 'pending':
        expect(story).toMatchObject({ ended: [], entries: 0, answer: false })
        break
      case 'approved':
        expect(story).toMatchObject({ ended: ['ProposalApproved'], entries: 1, answer: true })
        break
      case 'denied':
        expect(story).toMatchObject({ ended: [], entries: 0, answer: false })
        break
      default:
        expect(story).toMatchObject({ ended: [`Proposal${now.status[0]?.toUpperCase()}${now.status.slice(1)}`], entries: 0, answer: false })
    }
    return now
  }
  const noEntryAtWork = () =>
    eventually(
      'no entry at the broker',
      async () => (await bot.bot.app.broker.openOrders()).every(({ legRole, ticket }) => legRole !== null || ticket.side === 'sell'),
      30_000,
    )
  const resume = () =>
    eventually('a resume', async () => (await person.post('/api/v1/resume', { reason: 'next round' })).status === 200, 30_000)

  it('given a kill at the same moment, then the tap either came first or found it halted, and no entry is left at work', async () => {
    for (let round = 0; round < rounds; round++) {
      const proposal = await card()
      const [reply, killed] = await race(
        () => person.approve(proposal),
        () => person.post<{ trading_state: string }>('/api/v1/kill'),
      )
      expect(killed.body.trading_state).toBe('halted')
      const after = await agrees(proposal, reply)
      expect(after.status).not.toBe('pending')
      await noEntryAtWork()
      await resume()
    }
  }, 120_000)

  it('given a pause at the same moment, then the card is approved or still waits', async () => {
    for (let round = 0; round < rounds; round++) {
      const proposal = await card()
      const [reply] = await race(
        () => person.approve(proposal),
        () => person.post('/api/v1/pause'),
      )
      const after = await agrees(proposal, reply)
      expect(['approved', 'pending']).toContain(after.status)
      await resume()
    }
  }, 120_000)

  it('given a new story on the symbol at the same moment, then one of the two ends the card', async () => {
    for (let round = 0; round < rounds; round++) {
      const proposal = await card()
      const [reply] = await race(
        () => person.approve(proposal),
        () => person.alert(`newer-${round}`, proposal.symbol),
      )
      await eventually('the newer story judged', async () => {
        const { body } = await person.get<{ items: { headline: string; status: string }[] }>('/api/v1/alerts?limit=20')
        return body.items.some(({ headline, status }) => headline === headlineOf(`newer-${round}`) && status !== 'received')
      })
      await agrees(proposal, reply)
    }
  }, 120_000)

  it('given taps at the moment of expiry, then whichever came first stands', async () => {
    const proposals: ProposalView[] = []
    for (let round = 0; round < rounds; round++) proposals.push(await card())
    await Promise.all(
      proposals.map(async (proposal) => {
        const wait = (Date.parse(proposal.expires_at) - bot.bot.app.clock.now()) / bot.bot.app.clock.speed
        await new Promise((done) => setTimeout(done, Math.max(0, wait - 20)))
        const [reply] = await race(
          () => person.approve(proposal),
          () => bot.bot.app.expireProposals(),
        )
        await bot.bot.app.expireProposals()
        await agrees(proposal, reply)
      }),
    )
  }, 120_000)

  it('given a price that moves away under many taps, then the card asks again once, or one tap was in time', async () => {
    for (let round = 0; round < rounds; round++) {
      const proposal = await card()
      // Seconds of running time: the price leaves the ceiling now and then.
      await new Promise((done) => setTimeout(done, 400))
      const replies = await Promise.all(Array.from({ length: 10 }, () => person.approve(proposal)))
      expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
      const after = await agrees(proposal, replies.find(({ status }) => status === 200) ?? replies[0] ?? { status: 0, body: {} })
      expect(after.version).toBeLessThanOrEqual(2)
      if (after.version === 2) expect(after.status).toBe('pending')
    }
  }, 120_000)

  it('given a restart at the same moment, then what was answered holds, and what was not can be asked again', async () => {
    for (let round = 0; round < 2; round++) {
      const proposal = await card()
      const [reply] = await race(
        () => person.approve(proposal).catch((): null => null),
        () => bot.stop({ keep: true }),
      )
      expect(await wrongInBooks(bot.home)).toEqual([])
      bot = await startTestBot({ settings, home: bot.home })
      person = personAt(bot.url)
      const now = (await person.proposals()).find(({ id }) => id === proposal.id)
      // Without an answer either may have happened: the card says which.
      await agrees(proposal, reply ?? { status: now?.status === 'approved' ? 200 : 0, body: {} })
      if (now?.status === 'pending') expect([200, 409]).toContain((await person.approve(now)).status)
    }
  }, 120_000)
})
