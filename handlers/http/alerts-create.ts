import { defineRoute, json, problem } from '../../src/app/route.ts'
import { alertBody, alertContent, alertProblems, checkSignature } from '../../src/app/webhook.ts'

export const route = defineRoute({
  name: 'alerts-create',
  method: 'POST',
  path: '/api/v1/alerts',
  summary: 'The signed webhook for alerts: 202 when stored, 200 when it was there already, 409 when the same id came with other content.',
  role: null,
  bodyLimit: 64 * 1024,
  body: alertBody,
  admit: checkSignature,
  check: (body, app) => alertProblems(body, app.clock.now()),
  async run({ app, body, meta }) {
    const content = alertContent(body)
    if ((await app.read.security(content.symbol)) === null) {
      const unknown = `${content.symbol} is not a symbol that is traded here`
      return problem(422, 'Unknown symbol', unknown, { errors: [{ field: 'symbol', problem: unknown }] })
    }
    const { alertId, duplicate, conflict } = await app.raiseAlert(content, { ...meta, actor: 'webhook' })
    if (conflict) return problem(409, 'Same id, other content', `The alert ${body.id} was received before with other content.`)
    if (!duplicate) return json(202, { id: alertId, status: 'received' })
    return json(200, { id: alertId, status: (await app.read.alert(alertId))?.status ?? 'received' })
  },
})
