import { z } from 'zod'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'commands-run',
  method: 'POST',
  path: '/api/v1/commands',
  summary: 'Runs a typed command; the answer is a card, also when the command was wrong. The command asks for its own role.',
  role: 'viewer',
  body: z.strictObject({ text: z.string().min(1).max(2_000) }),
  run: async ({ actor, operations: { inbound }, body }) => json(200, await inbound.command(actor, body.text)),
})
