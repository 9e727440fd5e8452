import { z } from 'zod'
import { closeView, killView } from '../../src/app/control-views.ts'
import { textField } from '../../src/app/fields.ts'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'kill',
  method: 'POST',
  path: '/api/v1/kill',
  summary: 'Halts trading: entries are canceled, proposals voided, stops kept. With `flatten` positions are closed as well.',
  role: 'approver',
  body: z.strictObject({ flatten: z.boolean().default(false), reason: textField(500).optional() }),
  async run({ app, actor, body, meta }) {
    const report = killView(await app.kill(body.reason ?? `by ${actor.name}`, meta))
    return json(200, body.flatten ? { ...report, ...closeView(await app.flatten('kill', meta)) } : report)
  },
})
