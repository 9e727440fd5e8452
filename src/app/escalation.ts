import type { Settings } from '../config/settings.ts'
import type { EscalationStep, Proposal } from '../domain/proposal.ts'

/** Whom silence leads to after the approvers, in order; nobody where cards just expire. */
export const escalationSteps = ({ away, backup }: Settings['approvals']): readonly EscalationStep[] =>
  away === 'expire' ? [] : backup.length > 0 ? ['backup', 'all'] : ['all']

/** When the next step is due for a card that nobody decides; null: there is none. ISO 8601 UTC. */
export function nextEscalation(
  approvals: Settings['approvals'],
  { offeredAt, escalations }: Proposal,
): { step: EscalationStep; at: string } | null {
  const step = escalationSteps(approvals)[escalations]
  if (step === undefined) return null
  return { step, at: new Date(Date.parse(offeredAt) + (escalations + 1) * approvals.escalate_after_seconds * 1000).toISOString() }
}
