import { riskUsage, riskUsageView } from '../../src/app/risk-usage.ts'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'risk',
  method: 'GET',
  path: '/api/v1/risk',
  summary: 'Each limit with how much of it is used and left, which would trip next, and what is at risk.',
  role: 'viewer',
  run: async ({ app }) => json(200, riskUsageView(await riskUsage(app))),
})
