import { z } from 'zod'
import { clip, count, dollars, reply, short, span } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'
import { proposalView } from '../src/app/views.ts'
import { type Usd, usd } from '../src/domain/decimal.ts'
import { isoNow } from '../src/ports/clock.ts'

const shown = 20

export const command = defineCommand({
  name: 'inbox',
  summary: 'Proposals that wait for an answer, soonest expiry first',
  role: 'viewer',
  args: z.object({}),
  async run(call) {
    const open = await call.app.read.openProposals()
    const now = isoNow(call.app.clock)
    const data = open.map((proposal) => proposalView(proposal))
    if (open.length === 0) return reply(call, { title: 'Nothing waits for an answer', data })
    const risk = open.reduce((sum, p) => sum.plus(p.terms.riskAmount) as Usd, usd('0'))
    return reply(call, {
      title: `${dollars(risk)} at risk in ${count(open.length, 'proposal')}`,
      lines: open.length > shown ? [`The first ${shown} by expiry; ${open.length - shown} more wait.`] : [],
      table: {
        columns: ['Risk', 'Side', 'Symbol', 'Left'],
        rows: open
          .slice(0, shown)
          .map((p) => [
            short(p.terms.riskAmount).replace('+', ''),
            p.side,
            clip(p.symbol, 6),
            p.status === 'armed' ? 'armed' : span(now, p.expiresAt),
          ]),
        total: null,
      },
      data,
    })
  },
})
