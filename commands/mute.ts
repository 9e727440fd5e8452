import { z } from 'zod'
import { reply } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'

export const command = defineCommand({
  name: 'mute',
  summary: 'Nothing rings for a while, but what is critical; 0 ends it',
  role: 'approver',
  args: z.object({
    minutes: z.number().int().min(0).max(1440).default(60).meta({ description: '1 to 1440 minutes; 0 lets it ring again' }),
  }),
  async run(call) {
    const { minutes } = call.args
    const until = await call.app.mute(minutes, call.meta)
    if (until === null) return reply(call, { tone: 'good', title: 'It rings again', data: { muted_until: null } })
    return reply(call, {
      tone: 'warning',
      title: `Muted for ${minutes} min`,
      lines: [
        'For everybody. Cards still come, silently.',
        'A kill, a breaker or a position without a stop rings all the same. /mute 0 ends it.',
      ],
      data: { muted_until: until },
    })
  },
})
