import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Quantity, quantity, text } from '../../src/domain/decimal.ts'
import type { Decision } from '../../src/domain/decision.ts'
import type { Denial } from '../../src/domain/denial.ts'
import { type Proposal, type ProposalEvent, type ProposalStatus, proposalEvolution } from '../../src/domain/proposal.ts'
import {
  approveProposal,
  armProposal,
  declineProposal,
  denyProposal,
  endProposal,
  releaseArmed,
  repriceProposal,
} from '../../src/domain/proposal-decisions.ts'
import { iso, proposal, terms } from '../support/samples.ts'

const denial = (transient: boolean): Denial => ({ code: 'X', limit: null, actual: null, wouldPass: null, explain: 'x', transient })

type Move = (state: Proposal, at: string) => Decision<ProposalEvent>
/** An approver who saw the card at some version and wants some of the shares. */
const tap = fc.record({ version: fc.integer({ min: 1, max: 3 }), shares: fc.integer({ min: 0, max: 45 }) })
const approval = ({ version, shares }: { version: number; shares: number }, at: string) => ({
  version,
  quantity: quantity(String(shares)) as Quantity,
  by: 'discord:1',
  at,
})
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: tap.map(
      (t): Move =>
        (s, at) =>
          approveProposal(s, approval(t, at), `${s.id}-v${t.version}`),
    ),
  },
  {
    weight: 2,
    arbitrary: tap.map(
      (t): Move =>
        (s, at) =>
          armProposal(s, approval(t, at)),
    ),
  },
  fc.constant<Move>((s, at) => releaseArmed(s, at, `${s.id}-open`)),
  fc.option(fc.constant('too late'), { nil: null }).map(
    (why): Move =>
      (s, at) =>
        declineProposal(s, { by: 'discord:2', at, reason: why, owner: false }),
  ),
  fc.boolean().map(
    (transient): Move =>
      (s, at) =>
        denyProposal(s, 'discord:1', at, [denial(transient)]),
  ),
  fc.constant<Move>((s) => repriceProposal(s, terms({ version: s.terms.version + 1 }), '1.8', iso(3_600_000), 3)),
  fc.constant<Move>((s, at) => endProposal(s, { type: 'ProposalExpired', at, reason: 'nobody answered' })),
  fc.constant<Move>((s, at) => endProposal(s, { type: 'ProposalSuperseded', at, by: 'p2' })),
  fc.constant<Move>((s, at) => endProposal(s, { type: 'ProposalVoided', at, cause: 'kill' })),
)
const moves = fc.array(fc.tuple(move, fc.integer({ min: 0, max: 40 * 60_000 })), { maxLength: 20 })

/** What may follow what; a status may also stay as it is. */
const allowed: { readonly [K in ProposalStatus]: readonly ProposalStatus[] } = {
  pending: ['armed', 'approved', 'declined', 'expired', 'superseded', 'denied', 'voided'],
  armed: ['pending', 'approved', 'declined', 'expired', 'superseded', 'denied', 'voided'],
  approved: [],
  declined: [],
  expired: [],
  superseded: [],
  denied: [],
  voided: [],
}

function play(
  sequence: readonly (readonly [Move, number])[],
  see: (before: Proposal, event: ProposalEvent, after: Proposal, at: string) => void,
) {
  let state = proposal()
  let clock = 0
  for (const [next, wait] of sequence) {
    clock += wait
    const decision = next(state, iso(clock))
    if (!decision.ok) continue
    for (const event of decision.events) {
      const after = proposalEvolution.evolve(state, event)
      see(state, event, after, iso(clock))
      state = after
    }
  }
  return state
}

describe('a proposal under any sequence of taps, timers and kills', () => {
  it('is approved at most once', () => {
    fc.assert(
      fc.property(moves, (sequence) => {
        let approvals = 0
        play(sequence, (_, event) => {
          if (event.type === 'ProposalApproved') approvals += 1
        })
        expect(approvals).toBeLessThanOrEqual(1)
      }),
      { numRuns: 2_000 },
    )
  })

  it('changes its status only as allowed, and never again once it has ended', () => {
    fc.assert(
      fc.property(moves, (sequence) => {
        play(sequence, (before, event, after) => {
          if (after.status !== before.status) expect(allowed[before.status], event.type).toContain(after.status)
          if (before.status === after.status && allowed[before.status].length === 0) expect(event.type).toBe('DeclineReasonGiven')
        })
      }),
      { numRuns: 2_000 },
    )
  })

  it('is approved for no more shares than offered, of the version on the card, before it expires or from a tap before that', () => {
    fc.assert(
      fc.property(moves, (sequence) => {
        play(sequence, (before, event, after, at) => {
          if (event.type !== 'ProposalApproved') return
          expect(event.version).toBe(before.terms.version)
          expect(quantity(event.quantity).lte(before.terms.quantity)).toBe(true)
          expect(quantity(event.quantity).gt(quantity('0'))).toBe(true)
          if (before.status === 'pending') expect(at < before.expiresAt).toBe(true)
          expect(text(after.terms.riskAmount)).toBe(
            text(after.terms.limitPrice.minus(after.terms.stopLoss).abs().times(after.terms.quantity)),
          )
        })
      }),
      { numRuns: 2_000 },
    )
  })

  it('asks again with a new price at most three times', () => {
    const again: Move = (s) => repriceProposal(s, terms({ version: s.terms.version + 1 }), '1.8', iso(3_600_000), 3)
    const state = play(
      Array.from({ length: 5 }, () => [again, 0] as const),
      () => undefined,
    )
    expect([state.repricings, state.terms.version]).toEqual([3, 4])
  })

  it('stays open when only time stands in the way, and ends when something firmer does', () => {
    const denied = (transient: boolean) =>
      play([[(s, at) => denyProposal(s, 'discord:1', at, [denial(true), denial(transient)]), 0]], () => undefined)
    expect([denied(true).status, denied(false).status]).toEqual(['pending', 'denied'])
  })
})
