import { z } from 'zod'
import { refusal, reply } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'

export const command = defineCommand({
  name: 'claim',
  summary: 'Become the owner with the one-time code from the log',
  role: null,
  args: z.object({ code: z.string().trim().min(1).max(100).meta({ description: 'the one-time code that the log shows' }) }),
  async run(call) {
    const claimed = await call.app.claim(call.args.code, call.actor, call.meta)
    if (!claimed.ok) return refusal(call, 'Not claimed', claimed.refusal.code, claimed.refusal.explain)
    return reply(call, { tone: 'good', title: 'You are the owner', lines: ['The code is spent. Others are let in by the configuration.'] })
  },
})
