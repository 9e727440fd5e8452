import { z } from 'zod'
import { defineRoute, problem } from '../../src/app/route.ts'

/** A picture shows the last minutes: a page that is drawn again may keep it for a moment. */
const keptSeconds = 30

export const route = defineRoute({
  name: 'pictures',
  method: 'GET',
  path: '/api/v1/pictures',
  summary: 'The picture of a card as a PNG, by its name: candles:<proposal id>:<version>, candles:<symbol> or equity:<period>.',
  role: 'viewer',
  query: z.strictObject({ name: z.string().min(1).max(80) }),
  async run({ operations, query: { name } }) {
    const png = await operations.inbound.picture({ name, alt: '' })
    if (png === null) return problem(404, 'No picture', 'Nothing of this name can be drawn right now.')
    return { status: 200, body: png, contentType: 'image/png', headers: { 'cache-control': `private, max-age=${keptSeconds}` } }
  },
})
