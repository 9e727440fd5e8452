import { z } from 'zod'
import { closingCard } from '../src/app/cards/closing.ts'
import { defineCommand } from '../src/app/command.ts'

export const command = defineCommand({
  name: 'flatten',
  summary: 'Close every position at the market, in any trading state',
  role: 'approver',
  args: z.object({}),
  async run(call) {
    return closingCard(call, await call.app.flatten('manual', call.meta))
  },
})
