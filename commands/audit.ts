import { z } from 'zod'
import { auditHead, headFacts } from '../src/app/audit-head.ts'
import { clip, clockTime, count, reply } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'
import { exchangeDate } from '../src/domain/calendar.ts'
import type { DecisionRow, RiskEventRow } from '../src/ports/read-model.ts'

const longest = 160

export const command = defineCommand({
  name: 'audit',
  summary: 'Who decided what and when, refusals too, and the head of the audit chain',
  role: 'approver',
  args: z.object({ n: z.number().int().min(1).max(50).default(15).meta({ description: '1 to 50 entries, the newest' }) }),
  async run(call) {
    const { read, clock } = call.app
    const { n } = call.args
    const [decisions, events, head] = await Promise.all([read.decisions(n), read.riskEvents({ limit: n }), auditHead(read)])
    // A denial is in both lists, once as what somebody's tap came to.
    const others = events.items.filter(({ kind }) => kind !== 'ProposalDenied')
    const entries = [...decisions.map(ofDecision), ...others.map(ofEvent)].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
    const shown = entries.slice(0, n)
    const today = exchangeDate(clock.now())
    return reply(call, {
      title: shown.length === 0 ? 'Nothing was decided yet' : `The last ${count(shown.length, 'entry', 'entries')}`,
      lines: shown.map(({ at, words }) => clip(`${when(at, today)} ${words}`, longest)),
      facts: headFacts(head),
      data: { entries: shown, head },
    })
  },
})

const when = (at: string, today: string): string => {
  const day = exchangeDate(Date.parse(at))
  return day === today ? clockTime(at) : `${day.slice(5)} ${clockTime(at).slice(0, 5)}`
}

const ofDecision = ({ at, by, outcome, symbol, reason }: DecisionRow) => ({
  at,
  words: `${symbol} ${outcome} by ${by}${reason === null ? '' : `: ${reason}`}`,
})

const kinds: Readonly<Record<string, string>> = {
  TradingPaused: 'paused',
  TradingHalted: 'HALTED',
  TradingResumed: 'resumed',
  AccessRefused: 'refused',
  OwnerClaimed: 'owner',
  NotificationsMuted: 'mute',
}
const ofEvent = ({ at, kind, explain }: RiskEventRow) => ({ at, words: `${kinds[kind] ?? kind}: ${explain}` })
