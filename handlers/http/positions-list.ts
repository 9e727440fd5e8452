import { z } from 'zod'
import { pricedPositions } from '../../src/app/current-prices.ts'
import { pageQuery } from '../../src/app/fields.ts'
import { defineRoute, json } from '../../src/app/route.ts'
import { positionView } from '../../src/app/views.ts'

export const route = defineRoute({
  name: 'positions-list',
  method: 'GET',
  path: '/api/v1/positions',
  summary: 'Positions, newest first, the open ones at their current price.',
  role: 'viewer',
  query: z.strictObject({ status: z.enum(['open', 'closed']).optional(), ...pageQuery }),
  async run({ app, query: { status, ...page } }) {
    const { items, next } = await app.read.positions({ status }, page)
    const open = await pricedPositions(
      app,
      items.filter((p) => p.status === 'open'),
    )
    const last = new Map(open.map(({ position, at }) => [position.id, at]))
    return json(200, { items: items.map((p) => positionView(p, last.get(p.id) ?? null)), next })
  },
})
