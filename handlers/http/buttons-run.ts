import { z } from 'zod'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'buttons-run',
  method: 'POST',
  path: '/api/v1/buttons',
  summary: 'Presses a button of a card; the answer is a card. The button asks for its own role.',
  role: 'viewer',
  body: z.strictObject({ id: z.string().min(1).max(100) }),
  run: async ({ actor, operations, body }) => json(200, await operations.inbound.press(actor, body.id)),
})
