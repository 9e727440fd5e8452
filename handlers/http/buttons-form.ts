import { z } from 'zod'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'buttons-form',
  method: 'GET',
  path: '/api/v1/buttons/form',
  summary: 'The questions that a button asks before it acts; a card instead says why there are none; neither: it acts at once.',
  role: 'viewer',
  query: z.strictObject({ id: z.string().min(1).max(100) }),
  run: async ({ actor, operations: { inbound }, query }) =>
    json(200, inbound.asks(query.id) ? await inbound.form(actor, query.id) : { form: null }),
})
