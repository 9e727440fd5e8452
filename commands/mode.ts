import { z } from 'zod'
import { authorize } from '../src/app/authorize.ts'
import { refusal, reply } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'

export const command = defineCommand({
  name: 'mode',
  summary: 'supervised: every entry waits for a person; autonomous: none does',
  role: 'risk_officer',
  args: z.object({ mode: z.enum(['supervised', 'autonomous']).meta({ description: 'supervised or autonomous' }) }),
  async run(call) {
    const { app, actor, args, meta } = call
    // Giving the decision away takes more than taking it back.
    const forbidden = args.mode === 'autonomous' && (await authorize(app, actor, 'owner', '/mode autonomous'))
    if (forbidden) return refusal(call, 'The mode stays as it is', forbidden.code, forbidden.explain)
    const change = await app.changeMode(args.mode, meta)
    if (!change.ok) return refusal(call, 'The mode stays as it is', change.refusal.code, change.refusal.explain)
    return reply(call, {
      tone: args.mode === 'autonomous' ? 'warning' : 'good',
      title: `Mode: ${change.trading.mode}`,
      lines: [
        args.mode === 'autonomous'
          ? 'Entries that pass every risk check are sent without asking. /mode supervised takes it back.'
          : 'Every entry waits for a person.',
      ],
      data: { approval_mode: change.trading.mode },
    })
  },
})
