import { z } from 'zod'
import { whyCard, whyNothingCard } from '../src/app/cards/why.ts'
import { defineCommand } from '../src/app/command.ts'

export const command = defineCommand({
  name: 'why',
  summary: 'The story of a trade, or why there was none today',
  role: 'viewer',
  args: z.object({
    id: z.string().trim().max(80).optional().meta({ description: 'a symbol, or the id of a proposal, position, order or alert' }),
  }),
  run: (call) => (call.args.id === undefined || call.args.id === '' ? whyNothingCard(call) : whyCard(call, call.args.id)),
})
