import { z } from 'zod'
import { defineRoute, json } from '../../src/app/route.ts'

const values = z.record(z.string().max(40), z.string().max(4_000)).refine((given) => Object.keys(given).length <= 5, 'five answers at most')

export const route = defineRoute({
  name: 'buttons-run',
  method: 'POST',
  path: '/api/v1/buttons',
  summary:
    'Presses a button of a card, with the answers to its form if it has one; the answer is a card. The button asks for its own role.',
  role: 'viewer',
  body: z.strictObject({ id: z.string().min(1).max(100), values: values.optional() }),
  run: async ({ actor, operations: { inbound }, body }) =>
    json(200, body.values ? await inbound.submit(actor, body.id, body.values) : await inbound.press(actor, body.id)),
})
