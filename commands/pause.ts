import { z } from 'zod'
import { refusal, reply } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'

export const command = defineCommand({
  name: 'pause',
  summary: 'No new entries; exits and stops keep working',
  role: 'approver',
  args: z.object({
    cancel: z.boolean().default(false).meta({ description: 'true also cancels working entry orders' }),
  }),
  async run(call) {
    const { app, args, actor, meta } = call
    const change = await app.pause(`/pause by ${actor.name}`, { cancelEntries: args.cancel }, meta)
    if (!change.ok) return refusal(call, 'Not paused', change.refusal.code, change.refusal.explain)
    return reply(call, {
      tone: 'warning',
      title: 'Paused: no new entries',
      lines: [
        args.cancel ? 'Working entry orders are being canceled.' : 'Working entry orders stay; /pause cancel:true cancels them.',
        'Proposals can be rejected and keep expiring. Back: /resume.',
      ],
      data: { trading_state: change.trading.state },
    })
  },
})
