import { z } from 'zod'
import { refusal } from '../src/app/card.ts'
import { closingCard, closingHalfCard } from '../src/app/cards/closing.ts'
import { defineCommand } from '../src/app/command.ts'

export const command = defineCommand({
  name: 'close',
  summary: 'Close one position at the market, or half of it, in any trading state',
  role: 'approver',
  args: z.object({
    position: z.string().trim().min(1).max(80).meta({ description: 'a symbol that is held, or the id of a position', suggest: 'held' }),
    part: z.enum(['all', 'half']).default('all').meta({ description: 'all or half of the shares' }),
  }),
  async run(call) {
    const { app, args, meta } = call
    const position = (await app.read.openPosition(args.position.toUpperCase())) ?? (await app.read.position(args.position))
    if (!position) return refusal(call, 'Nothing is held by that name', 'NOT_FOUND', 'Nothing was closed. /positions shows what is held.')
    if (args.part === 'half') return closingHalfCard(call, position, await app.closeHalf(position.id, null, meta))
    return closingCard(call, await app.closePosition(position.id, 'manual', meta))
  },
})
