import { z } from 'zod'
import { feedPage } from '../../src/app/feed.ts'
import { symbolField } from '../../src/app/fields.ts'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'feed',
  method: 'GET',
  path: '/api/v1/feed',
  summary: 'What happened, in words, newest first.',
  role: 'viewer',
  query: z.strictObject({
    symbol: symbolField.optional(),
    cursor: z.coerce.number().int().min(1).optional().meta({ description: '`next` of the page before' }),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  run: async ({ app, query }) => json(200, await feedPage(app.read, query)),
})
