import { defineRoute, json } from '../../src/app/route.ts'
import { personalState, stateView } from '../../src/app/state-view.ts'

export const route = defineRoute({
  name: 'state',
  method: 'GET',
  path: '/api/v1/state',
  summary: 'Mode, trading state, account and clock at one glance, and who you are.',
  role: 'viewer',
  async run({ app, actor, operations }) {
    const [shared, role] = await Promise.all([stateView(app, operations), app.roleOf(actor)])
    return json(200, personalState(shared, actor, role))
  },
})
