import { z } from 'zod'
import { authorize } from '../src/app/authorize.ts'
import { clockTime, count, dollars, refusal, reply } from '../src/app/card.ts'
import { grossValue } from '../src/app/cards/closing.ts'
import { type CommandCall, defineCommand } from '../src/app/command.ts'
import type { TradingState } from '../src/domain/trading-state.ts'
import type { Fact } from '../src/ports/chat.ts'

const args = z.object({
  reason: z.string().trim().max(500).default('').meta({ description: 'why it is safe again; required after a halt', rest: true }),
})

export const command = defineCommand({
  name: 'resume',
  summary: 'Allow entries again: an approver after a pause, a risk officer with a reason after a halt',
  role: 'approver',
  args,
  async run(call) {
    const { app, actor, meta } = call
    const before = await app.read.tradingState()
    if (before.state === 'active') return reply(call, { title: 'Trading is active already' })
    // Leaving a halt is harder than entering it.
    const forbidden = before.state === 'halted' && (await authorize(app, actor, 'risk_officer', '/resume from a halt'))
    if (forbidden) return refusal(call, 'Still halted', forbidden.code, forbidden.explain)
    const facts = await situation(call, before)
    const change = await app.resume(call.args.reason, meta)
    if (!change.ok) {
      const { code, explain } = change.refusal
      return reply(call, {
        tone: 'warning',
        title: `Still ${before.state}`,
        lines: [explain],
        facts: [{ label: 'Code', value: code }, ...facts],
      })
    }
    return reply(call, {
      tone: 'good',
      title: 'Trading is active again',
      lines: ['Voided proposals and canceled orders do not come back; the next alert may become a proposal.'],
      facts,
      data: { trading_state: change.trading.state },
    })
  },
})

/** What a person should see before letting entries through again. */
async function situation({ app }: CommandCall<z.output<typeof args>>, state: TradingState): Promise<readonly Fact[]> {
  const positions = await app.read.openPositions()
  return [
    { label: `Was ${state.state}`, value: `${state.cause ?? 'no cause given'}, by ${state.by ?? 'nobody'}` },
    { label: 'Since', value: state.since === null ? 'unknown' : `${clockTime(state.since)} ET` },
    { label: 'Account', value: app.broker.mode.toUpperCase(), emphasis: true },
    { label: 'Open', value: positions.length === 0 ? 'flat' : `${count(positions.length, 'position')}, ${dollars(grossValue(positions))}` },
    { label: 'Mode', value: state.mode },
  ]
}
