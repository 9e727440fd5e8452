import { readiness } from '../../src/app/readiness.ts'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'health',
  method: 'GET',
  path: '/health',
  summary: 'Every part at one glance; answers even when something is down.',
  role: null,
  async run({ app, operations }) {
    const { ready, missing, trading } = await readiness(app, operations)
    return json(200, {
      status: ready ? 'ok' : 'degraded',
      role: 'leader',
      missing,
      version: operations.version,
      mode: app.broker.mode,
      trading_state: trading?.state ?? null,
      database: { kind: operations.database, ok: trading !== null },
      broker: { name: app.broker.name, connected: operations.brokerConnected(), reconciling: app.status.reconciling },
      market: { name: app.market.name, feed: app.market.feed, streaming: operations.exchange()?.marketStream ?? null },
      chats: operations.chats(),
      uptime_seconds: Math.floor((Date.now() - app.status.startedAt) / 1000),
    })
  },
})
