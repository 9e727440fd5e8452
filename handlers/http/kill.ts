import { z } from 'zod'
import { closeView, killView } from '../../src/app/control-views.ts'
import { textField } from '../../src/app/fields.ts'
import { defineRoute, json } from '../../src/app/route.ts'
import { openAfterHalt } from '../../src/app/state-view.ts'

export const route = defineRoute({
  name: 'kill',
  method: 'POST',
  path: '/api/v1/kill',
  summary:
    'Halts trading: entries are canceled, proposals voided, stops kept. With `flatten` positions are closed as well; `not_flat` says what is left.',
  role: 'approver',
  body: z.strictObject({ flatten: z.boolean().default(false), reason: textField(500).optional() }),
  async run({ app, actor, body, meta }) {
    const report = killView(await app.kill(body.reason ?? `by ${actor.name}`, meta))
    if (!body.flatten) return json(200, report)
    const closes = closeView(await app.flatten('kill', meta))
    const left = await openAfterHalt(app)
    return json(200, { ...report, ...closes, status: left.length === 0 ? 'HALTED, FLAT' : 'HALTED, NOT FLAT', not_flat: left })
  },
})
