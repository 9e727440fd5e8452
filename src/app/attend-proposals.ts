import { holds } from '../domain/people.ts'
import type { EscalationStep } from '../domain/proposal.ts'
import { escalateProposal, remindProposal } from '../domain/proposal-attention.ts'
import { isoNow } from '../ports/clock.ts'
import { escalationNotice, reminderNotice } from './cards/attention-notices.ts'
import { type AppContext, occasion } from './context.ts'
import { proposalMessage } from './deliver-messages.ts'
import { escalationSteps } from './escalation.ts'
import { mentionable } from './trade-thread.ts'

/** How many cards one run looks at; the next run, a second later, takes the rest. */
const atOnce = 50

/** Reminds whoever put a card off, once, shortly before it expires. The event and the message are one commit. */
export async function remindSnoozed(context: AppContext): Promise<void> {
  for (const { id } of await context.read.dueReminders(isoNow(context.clock), atOnce)) {
    const meta = occasion(context, 'system', id)
    await context.store.transact(meta, async (tx) => {
      const stream = await tx.load('proposal', id)
      const reminded = remindProposal(stream.state, meta.occurredAt)
      if (!reminded.ok || reminded.events.length === 0) return
      tx.append(stream, reminded.events)
      const names = stream.state.snoozedBy.map(context.names.of)
      tx.enqueue(reminderNotice(stream.state, names, mentionable(stream.state.snoozedBy), context.broker.mode))
    })
  }
}

/** Asks the next people about cards that nobody decides. Nothing is ever bought by it. */
export async function escalateUnanswered(context: AppContext): Promise<void> {
  const { approvals } = context.settings()
  const steps = escalationSteps(approvals)
  if (steps.length === 0) return
  const now = context.clock.now()
  const cutoffs = steps.map((_, taken) => new Date(now - (taken + 1) * approvals.escalate_after_seconds * 1000).toISOString())
  for (const { id, escalations } of await context.read.unansweredProposals(cutoffs, atOnce)) {
    const step = steps[escalations]
    if (step) await escalate(context, id, step, escalations)
  }
}

async function escalate(context: AppContext, id: string, step: EscalationStep, taken: number): Promise<void> {
  const people = await peopleOf(context, step)
  const meta = occasion(context, 'system', id)
  await context.store.transact(meta, async (tx) => {
    const stream = await tx.load('proposal', id)
    const escalated = escalateProposal(stream.state, { step, people, taken, at: meta.occurredAt })
    if (!escalated.ok || escalated.events.length === 0) return
    tx.append(stream, escalated.events)
    tx.enqueue(proposalMessage(id))
    tx.enqueue(escalationNotice(stream.state, step, people.map(context.names.of), mentionable(people), context.broker.mode))
  })
}

async function peopleOf(context: AppContext, step: EscalationStep): Promise<readonly string[]> {
  const settings = context.settings()
  if (step === 'backup') return settings.approvals.backup
  const listed = Object.entries({ ...(await context.read.people()).roles, ...settings.people })
  return listed.flatMap(([id, role]) => (holds(role, 'approver') ? [id] : [])).sort()
}
