import { z } from 'zod'
import { pageQuery } from '../../src/app/fields.ts'
import { defineRoute, json } from '../../src/app/route.ts'
import { orderView } from '../../src/app/views.ts'

export const route = defineRoute({
  name: 'orders-list',
  method: 'GET',
  path: '/api/v1/orders',
  summary: 'Orders, newest first.',
  role: 'viewer',
  query: z.strictObject({
    status: z.enum(['open', 'all']).default('all').meta({ description: 'open: those that have not ended' }),
    proposal_id: z.string().max(100).optional(),
    ...pageQuery,
  }),
  async run({ app, query: { status, proposal_id: proposalId, ...page } }) {
    const { items, next } = await app.read.orders({ open: status === 'open' ? true : undefined, proposalId }, page)
    return json(200, { items: items.map(orderView), next })
  },
})
