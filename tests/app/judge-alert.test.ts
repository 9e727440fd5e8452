import { describe, expect, it } from 'vitest'
import type { Desk, DeskOptions } from '../support/desk.ts'
import { deskPerTest } from '../support/desk-per-test.ts'

describe('judging an alert', () => {
  const freshDesk = deskPerTest()
  let desk: Desk
  const open = async (options?: DeskOptions) => {
    desk = await freshDesk(options)
  }
  const judged = async (id: string) => {
    const alert = await desk.app.read.alert(id)
    return { status: alert?.status, reason: alert?.reason }
  }

  it('given a clean one, then the card leads with the money: share of equity, spread, exposure, and the company in its data', async () => {
    await open()
    await desk.alert()
    const card = desk.cards.find((c) => c.kind === 'proposal')
    const fact = (label: string) => card?.facts.find((f) => f.label === label)?.value
    expect(fact('At risk')).toMatch(/^\$\d+\.\d\d \(0\.\d+ % of equity\)$/)
    expect(fact('Moved')).toBe('-0.01 % since')
    expect(fact('Spread')).toBe('0.02 %')
    expect(fact('Exposure')).toMatch(/^\$4,\d{3}\.\d\d after$/)
    expect(card?.data).toMatchObject({ symbol: 'ACME', company: 'ACME Incorporated' })
  })

  it('given a book with a position, then the next card counts it into the exposure', async () => {
    await open()
    const held = await desk.hold('BETA')
    await desk.alert()
    const { terms } = await desk.proposal()
    const total = held.quantity.times(held.markPrice ?? held.entryPrice).plus(terms.limitPrice.times(terms.quantity))
    const shown = desk.cards.findLast((c) => c.key.startsWith('proposal:') && c.title.includes('ACME'))?.facts
    expect(shown?.find((f) => f.label === 'Exposure')?.value.replaceAll(/[^\d.]/g, '')).toBe(total.toFixed(2))
  })

  it('given a broker and a feed that do not answer, then the card of a decided proposal still goes out', async () => {
    let silent = false
    await open({
      wrapBroker: (broker) => ({ ...broker, account: () => (silent ? Promise.reject(new Error('no answer')) : broker.account()) }),
    })
    await desk.alert()
    const { id } = await desk.proposal()
    silent = true
    desk.market.quoting(false)
    await desk.app.decline(id, null, desk.by())
    await desk.app.settled()
    expect(desk.cards.at(-1)?.lines[0]).toContain('Declined by console:local')
  })

  it('given volume data, then the entry context has the relative volume of the last half hour', async () => {
    await open()
    await desk.alert()
    const { context } = await desk.proposal()
    // 2,000 shares a minute where an average day of 390,000 shares has 1,000.
    expect(context).toMatchObject({ rvol: 2, atr: 2, strategy: 'catalyst' })
  })

  it('given the same story on other wires, then they join the first card, each once', async () => {
    await open()
    await desk.alert({ headline: 'Acme wins a contract', source: 'one' })
    const first = await desk.proposal()
    for (const source of ['two', 'two', 'one', 'three'])
      expect(await judged(await desk.alert({ headline: 'ACME wins: a contract', source }))).toMatchObject({ status: 'merged' })
    expect(await desk.proposal()).toMatchObject({ id: first.id, alsoOn: ['two', 'three'] })
  })

  it('given the same alert twice, then the second is a duplicate, and a conflict when its words differ', async () => {
    await open()
    await desk.alert({ sourceId: 'same', headline: 'First words' })
    const [stored] = (await desk.app.read.alerts({ limit: 5 })).items
    if (!stored) throw new Error('nothing was stored')
    const { id: _, status: __, receivedAt: ___, reason: ____, proposalId: _____, ...content } = stored
    const again = (headline: string) => desk.app.raiseAlert({ ...content, headline }, desk.by())
    expect(await again('First words')).toMatchObject({ duplicate: true, conflict: false })
    expect(await again('Other words')).toMatchObject({ duplicate: true, conflict: true })
  })

  it('given an old story, then it is filtered with its age', async () => {
    await open()
    const publishedAt = new Date(desk.market.clock.now() - 5 * 3_600_000).toISOString()
    expect(await judged(await desk.alert({ publishedAt }))).toEqual({
      status: 'filtered',
      reason: 'published 300 minutes ago; the limit is 240',
    })
  })

  it('given a symbol that is not listed, then it is filtered', async () => {
    await open()
    expect((await judged(await desk.alert({ symbol: 'ZZZZ' }))).reason).toBe('ZZZZ is not a symbol of this market')
  })

  it('given as many open cards as allowed, then further alerts are stored and filtered', async () => {
    await open({ settings: { approvals: { max_open_proposals: 1 } } })
    await desk.alert()
    expect((await judged(await desk.alert({ symbol: 'BETA' }))).reason).toBe('1 cards are open already')
  })

  it('given a sell signal on nothing held, then it is filtered while shorting is off', async () => {
    await open()
    expect((await judged(await desk.alert({ side: 'sell' }))).reason).toContain('shorting is off')
  })

  it.each([
    ['a source that is not sure', { confidence: 0.5 }, {}, 'confidence'],
    ['a blocked symbol', {}, { blocked_symbols: ['ACME'] }, 'ACME'],
  ])('given %s, then it is noise: filtered, no card', async (_, alert, settings, words) => {
    await open({ settings })
    const { status, reason } = await judged(await desk.alert(alert))
    expect(status).toBe('filtered')
    expect(reason).toContain(words)
    expect(await desk.app.read.openProposals()).toEqual([])
  })

  it('given no quote, then nothing is guessed: filtered for missing data', async () => {
    await open()
    desk.market.quoting(false)
    expect((await judged(await desk.alert())).reason).toBe('no quote for ACME')
  })

  it('given a halted symbol, then the card says so and can be approved once the halt is over', async () => {
    await open()
    desk.market.halted.add('ACME')
    await desk.alert()
    expect(await desk.proposal()).toMatchObject({ status: 'pending', denials: [{ code: 'SYMBOL_HALTED' }] })
    const { id } = await desk.proposal()
    expect((await desk.app.approve(id, { version: 1 }, desk.by())).outcome).toBe('denied')
    desk.market.halted.clear()
    expect((await desk.app.approve(id, { version: 1 }, desk.by())).outcome).toBe('approved')
  })

  it('given a new signal on a symbol, then it supersedes the open card of that symbol only', async () => {
    await open()
    await desk.alert()
    await desk.alert({ symbol: 'BETA' })
    const first = await desk.proposal()
    await desk.alert()
    expect(await desk.app.read.proposal(first.id)).toMatchObject({ status: 'superseded' })
    expect((await desk.app.read.openProposals()).map((p) => p.symbol).sort()).toEqual(['ACME', 'BETA'])
  })

  it("given the source's own levels, then the plan keeps them where the limits allow", async () => {
    await open()
    await desk.alert({ stopLoss: '94', takeProfit: '112' })
    const { terms } = await desk.proposal()
    expect([terms.stopLoss.toFixed(), terms.takeProfit.toFixed()]).toEqual(['94', '112'])
  })
})
