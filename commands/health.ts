import { z } from 'zod'
import type { App } from '../src/app/app.ts'
import { clockTime, reply, span } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'
import { sessionAt } from '../src/domain/calendar.ts'
import { isoNow } from '../src/ports/clock.ts'

export const command = defineCommand({
  name: 'health',
  summary: 'Whether everything that trading needs is there',
  role: 'viewer',
  args: z.object({}),
  async run(call) {
    const { app } = call
    const [trading, lastFill, broker] = await Promise.all([app.read.tradingState(), app.read.lastFillAt(), brokerAnswer(call.app)])
    const well = broker === 'answers' && !app.status.reconciling && trading.state === 'active'
    const now = isoNow(app.clock)
    return reply(call, {
      tone: well ? 'good' : 'warning',
      title: well
        ? 'All is well'
        : `Look here: ${[trading.state !== 'active' && trading.state, app.status.reconciling && 'reconciling', broker !== 'answers' && 'broker'].filter(Boolean).join(', ')}`,
      facts: [
        { label: 'Trading', value: `${trading.state}, ${trading.mode}`, emphasis: true },
        { label: 'Broker', value: `${app.broker.name} ${broker}` },
        { label: 'Market data', value: `${app.market.name} (${app.market.feed})` },
        { label: 'Books', value: app.status.reconciling ? 'being compared with the broker' : 'agree with the broker' },
        { label: 'Session', value: sessionAt(app.clock.now()) },
        { label: 'Last fill', value: lastFill === null ? 'none yet' : `${span(lastFill, now)} ago` },
        { label: 'Clock', value: `${clockTime(now)} ET${app.clock.speed === 1 ? '' : `, ${app.clock.speed}x`}` },
      ],
    })
  },
})

async function brokerAnswer(app: Pick<App, 'broker' | 'log'>): Promise<string> {
  try {
    await app.broker.account()
    return 'answers'
  } catch (error) {
    app.log.warn({ error }, 'the broker does not answer')
    return 'does not answer'
  }
}
