import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'health-live',
  method: 'GET',
  path: '/health/live',
  summary: 'The process answers.',
  role: null,
  run: async () => json(200, { status: 'live' }),
})
