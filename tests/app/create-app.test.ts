import { describe, expect, it } from 'vitest'
import type { ProposalEvent } from '../../src/domain/proposal.ts'
import { at, proposalOffered } from '../db/given.ts'
import type { Desk } from '../support/desk.ts'
import { deskPerTest } from '../support/desk-per-test.ts'

/** A bit more than is read at once. */
const many = 60

describe('the jobs of every second, given more cards than are read at once', () => {
  const freshDesk = deskPerTest()
  const terms = {
    version: 1,
    quantity: '10',
    limitPrice: '100',
    ceilingPrice: '101.5',
    stopLoss: '97',
    takeProfit: '106',
    riskAmount: '30',
    sizedBy: '5 % of equity',
    pricedAt: at(0),
  }
  const armed: ProposalEvent = { type: 'ProposalArmed', version: 1, quantity: '10', by: 'console:local', at: at(0) }
  /** Cards of one moment, which all expire at the same time. */
  async function offer(desk: Desk, ...further: readonly ProposalEvent[]): Promise<void> {
    const ids = Array.from({ length: many }, (_, i) => `p${i}`)
    await desk.app.store.transact(desk.by(), async (tx) => {
      for (const stream of await tx.loadMany('proposal', ids)) tx.append(stream, [proposalOffered(0, { terms }), ...further])
    })
  }

  it('one run ends all that are overdue', async () => {
    const desk = await freshDesk()
    await offer(desk)
    await desk.market.at(at(1800))
    await desk.app.expireProposals()
    expect(await desk.app.read.openProposals()).toEqual([])
    expect((await desk.proposal()).reason).toBe('nobody decided in time')
  })

  it('one run tries each that is armed once, whatever stands in its way', async () => {
    const desk = await freshDesk()
    await desk.market.at(at(0))
    await offer(desk, armed)
    desk.market.halted.add('ACME')
    await desk.app.releaseArmed()
    const cards = await desk.app.read.openProposals()
    expect(cards).toHaveLength(many)
    for (const { status, denials } of cards)
      expect({ status, denials }).toMatchObject({ status: 'armed', denials: [{ code: 'SYMBOL_HALTED' }] })
  })
})
