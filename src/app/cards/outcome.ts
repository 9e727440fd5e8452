import type { Proposal } from '../../domain/proposal.ts'
import type { Card } from '../../ports/chat.ts'
import type { DecisionOutcome } from '../app.ts'
import { type Asked, refusal, reply } from '../card.ts'
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
      return told(asked, result.proposal, 'Rejected', result.proposal.reason === null ? [] : [result.proposal.reason], 'neutral')
    case 'denied':
      return told(asked, result.proposal, 'Denied', result.denials.map(denialLine), 'bad')
    case 'repriced': {
      const { key: _, kind: __, ...asks } = proposalCard(result.proposal, asked.app.broker.mode)
      return reply(asked, {
        ...asks,
        tone: 'warning',
        title: `Moved ${result.movedPercent} %: approve the new price?`,
        lines: [asks.title],
      })
    }
    case 'refused': {
      const { code, explain } = result.refusal
      const card = told(asked, result.proposal, 'Nothing changed', [explain], 'warning')
      return { ...card, facts: [{ label: 'Code', value: code }, ...card.facts] }
    }
  }
}

function told(asked: Asked, proposal: Proposal, head: string, lines: readonly string[], tone: Card['tone']): Card {
  const { title, facts, data } = proposalCard(proposal, asked.app.broker.mode)
  return reply(asked, { title: `${head}: ${title}`, lines, facts, tone, data })
}
