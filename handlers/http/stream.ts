import { defineRoute, problem } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'stream',
  method: 'GET',
  path: '/api/v1/stream',
  summary: 'What happens, as it happens: server-sent events `state`, `proposal`, `position`, `order`, `quotes`, `card`, `event`, `ping`.',
  role: 'viewer',
  async run({ app, actor, operations }) {
    const stream = operations.live.watch(actor, await app.roleOf(actor))
    if (stream === null) return problem(503, 'Too many watchers', 'Close another window and try again.')
    return { status: 200, body: stream, contentType: 'text/event-stream', headers: { 'x-accel-buffering': 'no' } }
  },
})
