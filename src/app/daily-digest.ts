import { closeOf, exchangeDate } from '../domain/calendar.ts'
import { zero } from '../domain/decimal.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { OutboxMessage } from '../ports/event-store.ts'
import { auditHead, headFacts } from './audit-head.ts'
import { count, dollars, notice, signed } from './card.ts'
import { type AppContext, occasion } from './context.ts'

const dayMs = 86_400_000

/** @returns once a session is over, tells what the day came to, with the head of the audit chain. Each day once, whatever happens. */
export function createDailyDigest(context: AppContext): () => Promise<void> {
  let done: string | null = null
  return async () => {
    const date = lastClosedDay(context.clock.now())
    if (date === null || date === done) return
    const digest = await digestOf(context, date)
    if (digest)
      await context.store.transact(occasion(context, 'system'), async (tx) => {
        if (await tx.firstSight('daily-digest', date)) tx.enqueue(digest)
      })
    done = date
  }
}

/** Today's date once the session is over, else that of the session before; null when none was in the last days. */
function lastClosedDay(now: number): string | null {
  for (let back = 0; back < 7; back++) {
    const close = closeOf(now - back * dayMs)
    if (close !== null && close <= now) return exchangeDate(close)
  }
  return null
}

/** Null for a day on which nobody was here. */
async function digestOf({ read, broker }: AppContext, date: string): Promise<OutboxMessage | null> {
  const [days, last, page, positions, head] = await Promise.all([
    read.dayResults(date),
    read.lastSnapshotBefore(`${date}T23:59:59.999Z`),
    read.proposals({}, { limit: 200 }),
    read.openPositions(),
    auditHead(read),
  ])
  if (last === null || exchangeDate(Date.parse(last.at)) !== date) return null
  const day = days.find((d) => d.date === date)
  const net = day ? day.realizedPnl.minus(day.fees) : zero
  const offered = page.items.filter((p) => exchangeDate(Date.parse(p.offeredAt)) === date)
  return notice(`digest-${date}`, broker.mode, {
    event: 'digest',
    tone: net.lt(zero) ? 'bad' : net.gt(zero) ? 'good' : 'neutral',
    title: `${signed(net)} net on ${date}`,
    lines: [day ? `${count(day.trades, 'trade')}, ${day.wins} won, ${day.losses} lost` : 'No trade was closed.', cardsLine(offered)],
    facts: [
      { label: 'Equity', value: dollars(last.equity), emphasis: true },
      { label: 'Fees', value: dollars(day?.fees ?? zero) },
      { label: 'Held overnight', value: count(positions.length, 'position') },
      ...headFacts(head),
    ],
  })
}

function cardsLine(offered: readonly Proposal[]): string {
  const of = (status: Proposal['status']) => offered.filter((p) => p.status === status).length
  const ends = (['approved', 'declined', 'expired', 'denied', 'voided'] as const).flatMap((status) =>
    of(status) > 0 ? [`${of(status)} ${status}`] : [],
  )
  return `${count(offered.length, 'proposal')}${ends.length > 0 ? `: ${ends.join(', ')}` : ''}`
}
