import { z } from 'zod'
import { defineRoute, json } from '../../src/app/route.ts'
import { runCommand } from '../../src/app/run-command.ts'

export const route = defineRoute({
  name: 'commands-run',
  method: 'POST',
  path: '/api/v1/commands',
  summary: 'Runs a typed command; the answer is a card, also when the command was wrong. The command asks for its own role.',
  role: 'viewer',
  body: z.strictObject({ text: z.string().min(1).max(2_000) }),
  run: async ({ app, actor, meta, commands, body }) => json(200, await runCommand({ app, commands, actor, text: body.text, meta })),
})
