import { text } from '../../domain/decimal.ts'
import type { EscalationStep, Proposal } from '../../domain/proposal.ts'
import { priceText } from '../../domain/risk/limits.ts'
import type { Broker } from '../../ports/broker.ts'
import type { OutboxMessage } from '../../ports/event-store.ts'
import { type CardContent, clockTime, dollars, notice } from '../card.ts'

/** Shortly before a card lapses, to whoever put it off. Without buttons: the card it answers to has them, and loses them when it is decided. */
export const reminderNotice = (p: Proposal, names: readonly string[], mention: readonly string[], mode: Broker['mode']): OutboxMessage =>
  notice(`reminder-${p.id}-${p.terms.version}`, mode, asking(p, `Expires ${clockTime(p.expiresAt)}`, `Snoozed by ${names.join(', ')}.`), {
    mention,
  })

/** Nobody has decided: the next people are asked. */
export const escalationNotice = (
  p: Proposal,
  step: EscalationStep,
  names: readonly string[],
  mention: readonly string[],
  mode: Broker['mode'],
): OutboxMessage =>
  notice(
    `escalation-${p.id}-${step}`,
    mode,
    asking(p, 'Nobody decided yet', step === 'backup' ? `Now asking ${names.join(', ')}.` : 'Now asking everybody who may approve.'),
    { mention },
  )

function asking(p: Proposal, head: string, line: string): CardContent {
  const trade = `${p.side} ${text(p.terms.quantity)} ${p.symbol}`
  return {
    tone: 'warning',
    event: 'reminder',
    thread: `proposal:${p.id}`,
    title: `${head}: ${trade}`,
    lines: [line],
    facts: [
      { label: 'At risk', value: dollars(p.terms.riskAmount), emphasis: true },
      { label: 'At', value: priceText(p.terms.limitPrice) },
      { label: 'Expires', value: `${clockTime(p.expiresAt)} ET` },
    ],
    menu: [{ id: `why:${p.id}`, label: 'Why', style: 'plain' }],
    pushText: `${p.symbol} ${p.side.toUpperCase()} ${text(p.terms.quantity)}, risk ${dollars(p.terms.riskAmount)}, expires ${clockTime(p.expiresAt)} ET: ${head}`,
  }
}
