import { decimal, quantity, text } from '../../src/domain/decimal.ts'
import type { Proposal } from '../../src/domain/proposal.ts'
import { approvals, hindsights, proposals, riskEvents } from '../schema.ts'
import { eventId, type Projection, put, type Step, type Write } from './write.ts'

export const proposalProjection: Projection<'proposal'> = (id, steps) => {
  const last = steps.at(-1)
  return [
    ...(last ? [proposalRow(last.after, last.version)] : []),
    ...steps.flatMap((step) => [...approvalRows(id, step), ...riskRows(id, step), ...hindsightRows(id, step)]),
  ]
}

function proposalRow({ terms, ...rest }: Proposal, streamVersion: number): Write {
  return put(proposals, { ...rest, ...terms, streamVersion })
}

function approvalRows(proposalId: string, { event, version }: Step<'proposal'>): readonly Write[] {
  const key = { id: eventId('proposal', proposalId, version), proposalId }
  switch (event.type) {
    case 'ProposalApproved':
    case 'ProposalArmed': {
      const outcome = event.type === 'ProposalApproved' ? 'approved' : 'armed'
      return [put(approvals, { ...key, outcome, version: event.version, quantity: quantity(event.quantity), by: event.by, at: event.at })]
    }
    case 'ProposalDeclined':
      return [put(approvals, { ...key, outcome: 'declined', by: event.by, reason: event.reason, at: event.at })]
    case 'ProposalDenied':
      return [put(approvals, { ...key, outcome: 'denied', by: event.by, reason: event.denials[0]?.explain ?? null, at: event.at })]
    default:
      return []
  }
}

function riskRows(proposalId: string, { event, after, version }: Step<'proposal'>): readonly Write[] {
  if (event.type !== 'ProposalDenied') return []
  const explain = event.denials[0]?.explain ?? `denied ${text(after.terms.quantity)} ${after.symbol}`
  const id = eventId('proposal', proposalId, version)
  return [put(riskEvents, { id, at: event.at, kind: event.type, symbol: after.symbol, proposalId, explain, denials: event.denials })]
}

function hindsightRows(proposalId: string, { event, version }: Step<'proposal'>): readonly Write[] {
  if (event.type !== 'ProposalMeasured') return []
  const { horizon, exit, at } = event
  const figure = (value: string | null) => (value === null ? null : decimal(value))
  const figures = { price: figure(event.price), movePercent: figure(event.movePercent), pnl: figure(event.pnl) }
  return [put(hindsights, { id: eventId('proposal', proposalId, version), proposalId, horizon, ...figures, exit, at })]
}
