import { z } from 'zod'
import { pnlPeriods, pnlReport } from '../../src/app/pnl-report.ts'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'pnl',
  method: 'GET',
  path: '/api/v1/pnl',
  summary: 'Profit and loss of a period, by day, by symbol and by category, with the equity curve.',
  role: 'viewer',
  query: z.strictObject({ period: z.enum(pnlPeriods).default('today') }),
  run: async ({ app, query }) => json(200, await pnlReport(app, query.period)),
})
