import { z } from 'zod'
import { closeView } from '../../src/app/control-views.ts'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'positions-close-all',
  method: 'POST',
  path: '/api/v1/positions/close-all',
  summary: 'Closes every position at the market. `left` says which could not be closed yet, and why.',
  role: 'approver',
  body: z.strictObject({}),
  run: async ({ app, meta }) => json(200, closeView(await app.flatten('manual', meta))),
})
