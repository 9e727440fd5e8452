import { withSign } from '../../domain/decimal.ts'
import { declineReasons } from '../../domain/decline-reasons.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Card } from '../../ports/chat.ts'
import type { DecisionOutcome } from '../app.ts'
import { type Asked, clockTime, refusal, reply } from '../card.ts'
import { denialLine, proposalCard } from './proposal.ts'

/** The private line after a tap: what came of it, with the proposal's true state. */
export function outcomeCard(asked: Asked, result: DecisionOutcome): Card {
  switch (result.outcome) {
    case 'not_found':
      return refusal(asked, 'There is no such proposal', 'NOT_FOUND', 'It may belong to another bot.')
    case 'approved':
      return told(asked, result.proposal, 'Approved', ['The order is on its way.'], 'good')
    case 'armed':
      return told(asked, result.proposal, 'Armed', ['It will be priced and judged again at the open.'], 'good')
    case 'declined':
      return declined(asked, result.proposal)
    case 'snoozed':
      return snoozed(asked, result.proposal)
    case 'first_of_two':
      return told(asked, result.proposal, '1 of 2', ['Approved by you. Nothing is sent before one more person approves.'], 'neutral')
    case 'denied':
      return told(asked, result.proposal, 'Denied', result.denials.map(denialLine), 'bad')
    case 'repriced':
      return asksAgain(asked, result.proposal, `Moved ${withSign(result.movedPercent)} %: approve the new price?`)
    case 'revised':
      return asksAgain(asked, result.proposal, `Version ${result.proposal.terms.version}: approve it?`)
    case 'refused': {
      const { code, explain } = result.refusal
      const card = told(asked, result.proposal, 'Nothing changed', [explain], 'warning')
      return { ...card, facts: [{ label: 'Code', value: code }, ...card.facts] }
    }
  }
}

/** The new version, with buttons of its own. */
function asksAgain(asked: Asked, proposal: Proposal, title: string): Card {
  const { key: _, kind: __, event: ___, ...asks } = drawn(asked, proposal)
  return reply(asked, { ...asks, tone: 'warning', title, lines: [asks.title] })
}

/** The rejection stands already; why is asked after it, and only once. */
function declined(asked: Asked, proposal: Proposal): Card {
  const { id, reason } = proposal
  const card = told(asked, proposal, 'Rejected', reason === null ? ['Why? It changes nothing more.'] : [reason], 'neutral')
  if (reason !== null) return card
  const chips = declineReasons.map(({ code, words }) => ({ id: `decline-reason:${id}:${code}`, label: words, style: 'plain' as const }))
  return { ...card, buttons: [...chips, { id: `decline-note:${id}`, label: 'Other…', style: 'plain' }] }
}

function snoozed(asked: Asked, proposal: Proposal): Card {
  const when = proposal.remindAt === null ? [] : [`A reminder comes at ${clockTime(proposal.remindAt)} ET.`]
  return told(asked, proposal, 'Snoozed', when, 'neutral')
}

const drawn = ({ app }: Asked, proposal: Proposal): Card => proposalCard(proposal, app.broker.mode, { nameOf: app.names?.of })

function told(asked: Asked, proposal: Proposal, head: string, lines: readonly string[], tone: Card['tone']): Card {
  const { title, facts, data } = drawn(asked, proposal)
  return reply(asked, { title: `${head}: ${title}`, lines, facts, tone, data })
}
