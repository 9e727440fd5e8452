import { z } from 'zod'
import { closeView } from '../../src/app/control-views.ts'
import { idParams } from '../../src/app/fields.ts'
import { defineRoute, json, problem } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'position-close',
  method: 'POST',
  path: '/api/v1/positions/:id/close',
  summary: 'Closes one position at the market. `left` says why when it could not be closed yet.',
  role: 'approver',
  params: idParams,
  body: z.strictObject({}),
  async run({ app, params: { id }, meta }) {
    const position = await app.read.position(id)
    if (!position) return problem(404, 'No such position', `There is no position ${id}.`)
    if (position.status === 'closed') return problem(409, 'Already closed', `${position.symbol} was closed at ${position.closedAt}.`)
    return json(200, closeView(await app.closePosition(id, 'manual', meta)))
  },
})
