import { defineRoute } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'metrics',
  method: 'GET',
  path: '/metrics',
  summary: "Figures about this process in Prometheus' text format.",
  role: 'viewer',
  run: async ({ operations }) => ({
    status: 200,
    body: await operations.metrics(),
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
  }),
})
