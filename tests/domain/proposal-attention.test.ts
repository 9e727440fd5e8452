import { describe, expect, it } from 'vitest'
import { price, quantity, text, usd } from '../../src/domain/decimal.ts'
import type { Decision } from '../../src/domain/decision.ts'
import { type Proposal, type ProposalEvent, proposalEvolution } from '../../src/domain/proposal.ts'
import {
  escalateProposal,
  giveApproval,
  measureProposal,
  remindProposal,
  snoozeProposal,
  weighTap,
} from '../../src/domain/proposal-attention.ts'
import { declineProposal, endProposal, repriceProposal } from '../../src/domain/proposal-decisions.ts'
import { iso, proposal, terms } from '../support/samples.ts'

const next = (state: Proposal, decision: Decision<ProposalEvent>): Proposal =>
  decision.ok ? decision.events.reduce(proposalEvolution.evolve, state) : state
const code = (decision: Decision<ProposalEvent>) => (decision.ok ? decision.events.map((e) => e.type) : decision.refusal.code)
/** The sample expires half an hour after it was offered. */
const minutes = (n: number) => iso(n * 60_000)

describe('snoozing', () => {
  it('reminds once, 45 s before the card expires', () => {
    const snoozed = next(proposal(), snoozeProposal(proposal(), 'discord:1', minutes(1)))
    expect([snoozed.remindAt, snoozed.snoozedBy]).toEqual([iso(30 * 60_000 - 45_000), ['discord:1']])
    expect(code(remindProposal(snoozed, minutes(29)))).toEqual([])
    const at = iso(30 * 60_000 - 45_000)
    const reminded = next(snoozed, remindProposal(snoozed, at))
    expect([code(remindProposal(snoozed, at)), code(remindProposal(reminded, at))]).toEqual([['ProposalReminded'], []])
  })

  it('is refused when less than two minutes remain, or when it is decided', () => {
    expect(code(snoozeProposal(proposal(), 'discord:1', minutes(28)))).toEqual(['ProposalSnoozed'])
    expect(code(snoozeProposal(proposal(), 'discord:1', iso(28 * 60_000 + 1)))).toBe('TOO_LATE_TO_SNOOZE')
    expect(code(snoozeProposal(proposal({ status: 'declined' }), 'discord:1', minutes(1)))).toBe('ALREADY_DECIDED')
  })

  it('twice by one person changes nothing; a second person is reminded as well', () => {
    const one = next(proposal(), snoozeProposal(proposal(), 'discord:1', minutes(1)))
    expect(code(snoozeProposal(one, 'discord:1', minutes(2)))).toEqual([])
    expect(next(one, snoozeProposal(one, 'slack:2', minutes(2))).snoozedBy).toEqual(['discord:1', 'slack:2'])
  })

  it('is over once the card is decided or asks anew', () => {
    const snoozed = next(proposal(), snoozeProposal(proposal(), 'discord:1', minutes(1)))
    const declined = next(snoozed, declineProposal(snoozed, { by: 'discord:2', at: minutes(3), reason: null, owner: false }))
    const moved = next(snoozed, repriceProposal(snoozed, terms({ version: 2 }), '1.8', minutes(40), 3))
    expect([declined.remindAt, moved.remindAt, moved.snoozedBy]).toEqual([null, null, []])
  })
})

describe('the two-person rule', () => {
  const tap = (by: string, shares = '41', version = 1) => ({ version, quantity: quantity(shares), by, at: minutes(1) })
  /** The sample is worth $4,999.95. */
  const above = usd('4000')
  const seconded = next(proposal(), giveApproval(proposal(), tap('discord:1', '41')))

  it('is off without a limit, and below it', () => {
    expect([weighTap(proposal(), tap('discord:1'), null).tap, weighTap(proposal(), tap('discord:1'), usd('5000')).tap]).toEqual([
      'decides',
      'decides',
    ])
    expect(weighTap(proposal(), tap('discord:1', '20'), above).tap).toBe('decides')
  })

  it('takes two different people; the same one again is refused in words', () => {
    expect(weighTap(proposal(), tap('discord:1'), above).tap).toBe('first')
    expect(weighTap(seconded, tap('discord:1'), above)).toMatchObject({ tap: 'refused', refusal: { code: 'SECOND_PERSON_NEEDED' } })
    expect(weighTap(seconded, tap('slack:1'), above).tap).toBe('decides')
  })

  it('never counts what no person decided', () => {
    for (const state of [proposal(), seconded])
      expect(weighTap(state, tap('autonomous'), above)).toMatchObject({ tap: 'refused', refusal: { code: 'TWO_PEOPLE_NEEDED' } })
  })

  it('orders no more than both tapped', () => {
    const fewer = next(proposal(), giveApproval(proposal(), tap('discord:1', '35')))
    const weight = weighTap(fewer, tap('slack:1', '41'), above)
    expect(weight.tap === 'decides' && text(weight.approval.quantity)).toBe('35')
  })

  it('starts anew with a new version', () => {
    const moved = next(seconded, repriceProposal(seconded, terms({ version: 2 }), '1.8', minutes(40), 3))
    expect([moved.firstApproval, weighTap(moved, tap('slack:1', '41', 2), above).tap]).toEqual([null, 'first'])
    expect(code(giveApproval(moved, tap('slack:1')))).toBe('OTHER_VERSION')
  })
})

describe('escalating', () => {
  const step = { step: 'backup', people: ['discord:9'], at: minutes(5) } as const

  it('takes each step once, whoever finds it due, and none once it is decided or over', () => {
    const asked = next(proposal(), escalateProposal(proposal(), { ...step, taken: 0 }))
    expect(asked.escalations).toBe(1)
    expect(code(escalateProposal(asked, { ...step, taken: 0 }))).toEqual([])
    expect(code(escalateProposal(asked, { ...step, step: 'all', taken: 1 }))).toEqual(['ProposalEscalated'])
    expect(code(escalateProposal(proposal({ status: 'approved' }), { ...step, taken: 0 }))).toEqual([])
    expect(code(escalateProposal(proposal(), { ...step, taken: 0, at: minutes(30) }))).toEqual([])
  })
})

describe('measuring what was not made', () => {
  const seen = { price: price('125'), movePercent: '2.5', pnl: usd('125.05'), exit: 'open' } as const
  const expired = next(proposal(), endProposal(proposal(), { type: 'ProposalExpired', at: minutes(30), reason: 'nobody' }))

  it('looks three times: 15 minutes, an hour and a day after it ended', () => {
    let state = expired
    const due: (string | null)[] = []
    for (let i = 0; i < 4; i++) {
      due.push(state.measureAt)
      state = next(state, measureProposal(state, seen, minutes(100_000)))
    }
    expect(due).toEqual([minutes(45), minutes(90), minutes(30 + 1440), null])
    expect(code(measureProposal(state, seen, minutes(100_000)))).toEqual([])
  })

  it('does not look too early, and keeps that nothing could be seen apart from nothing won', () => {
    expect(code(measureProposal(expired, seen, minutes(44)))).toEqual([])
    const decision = measureProposal(expired, null, minutes(45))
    expect(decision.ok && decision.events[0]).toMatchObject({ horizon: '15m', price: null, pnl: null, exit: null })
  })

  it('begins at the next open for what ended while the market was shut; exits, and what was superseded or voided, are not looked at', () => {
    const shut = '2013-10-07T22:00:00.000Z'
    const late = proposal({ expiresAt: shut })
    const declined = next(late, declineProposal(late, { by: 'x', at: shut, reason: null, owner: false }))
    expect(declined.measureAt).toBe('2013-10-08T13:45:00.000Z')
    const exit = proposal({ intent: 'reduce' })
    const endings = [
      next(exit, endProposal(exit, { type: 'ProposalExpired', at: minutes(30), reason: 'nobody' })),
      next(proposal(), endProposal(proposal(), { type: 'ProposalVoided', at: minutes(1), cause: 'kill' })),
      next(proposal(), endProposal(proposal(), { type: 'ProposalSuperseded', at: minutes(1), by: 'p2' })),
    ]
    expect(endings.map((p) => p.measureAt)).toEqual([null, null, null])
  })
})
