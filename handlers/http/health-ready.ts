import { readiness } from '../../src/app/readiness.ts'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'health-ready',
  method: 'GET',
  path: '/health/ready',
  summary: 'Whether it can trade: the database answers, the broker is connected, and the books agree with it. 503 with what is missing.',
  role: null,
  async run({ app, operations }) {
    const { ready, missing } = await readiness(app, operations)
    return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', missing })
  },
})
