import { text } from '../../domain/decimal.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Broker } from '../../ports/broker.ts'
import type { OutboxMessage } from '../../ports/event-store.ts'
import { clockTime, count, dollars, notice, span } from '../card.ts'

/** Behind a burst of proposals one push stands for all that came silently. @param at real time, ISO. */
export function crowdNotice(chat: string, waiting: number, at: string, mode: Broker['mode']): OutboxMessage {
  const title = waiting === 1 ? '1 more proposal waits: /inbox' : `${waiting} more proposals wait: /inbox`
  const lines = ['They come silently, so that your phone rings once instead of for each.']
  return { ...notice(`crowd-${chat}-${Date.parse(at)}`, mode, { title, lines, event: 'proposal' }), chats: [chat] }
}

export interface ChatDown {
  readonly chat: string
  /** ISO, running clock. */
  readonly since: string
  /** Chats where people can still be reached. */
  readonly alternatives: readonly string[]
  /** Everybody who is told. */
  readonly others: readonly string[]
}

/** One chat fails: another says so. */
export function downNotice({ chat, since, alternatives, others }: ChatDown, mode: Broker['mode']): OutboxMessage {
  const what =
    alternatives.length > 0
      ? `Decide in ${alternatives.join(' or ')}.`
      : 'No new entries until a chat is back or the console is open. Exits and stops go on.'
  const lines = [`Since ${clockTime(since)} ET. What it could not say is kept.`, what]
  const content = { event: 'chat', tone: 'bad', title: `${chat} reaches nobody`, lines } as const
  return { ...notice(`chat-${chat}-down-${Date.parse(since)}`, mode, content), chats: others }
}

export interface ChatBack {
  readonly chat: string
  /** ISO, running clock. */
  readonly since: string
  readonly until: string
  readonly expired: readonly Proposal[]
}
export const backNotice = ({ chat, since, until, expired }: ChatBack, mode: Broker['mode']): OutboxMessage =>
  notice(`chat-${chat}-back-${Date.parse(since)}`, mode, {
    event: 'chat',
    tone: expired.length > 0 ? 'warning' : 'good',
    title: `${chat} is back after ${span(since, until)}`,
    lines: missedLines(expired),
  })

/** After a start. @param since and `until`: real time, ISO. */
export const downtimeNotice = ({ since, until, expired }: Omit<ChatBack, 'chat'>, mode: Broker['mode']): OutboxMessage =>
  notice(`downtime-${Date.parse(since)}`, mode, {
    event: expired.length > 0 ? 'state' : 'digest',
    tone: expired.length > 0 ? 'warning' : 'neutral',
    title: `Back after ${span(since, until)} down`,
    lines: missedLines(expired),
  })

const mostListed = 10

/** What nobody could decide in time. */
function missedLines(expired: readonly Proposal[]): readonly string[] {
  if (expired.length === 0) return ['No proposal expired meanwhile.']
  const left = expired.length - mostListed
  return [
    expired.length === 1 ? 'This proposal expired meanwhile:' : 'These proposals expired meanwhile:',
    ...expired.slice(0, mostListed).map((p) => `${p.symbol} ${p.side} ${text(p.terms.quantity)}, risk ${dollars(p.terms.riskAmount)}`),
    ...(left > 0 ? [`and ${count(left, 'more', 'more')}`] : []),
  ]
}
