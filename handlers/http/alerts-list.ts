import { z } from 'zod'
import { pageQuery } from '../../src/app/fields.ts'
import { defineRoute, json } from '../../src/app/route.ts'
import type { Alert } from '../../src/domain/alert.ts'

export const route = defineRoute({
  name: 'alerts-list',
  method: 'GET',
  path: '/api/v1/alerts',
  summary: 'Alerts, newest first, with what became of them.',
  role: 'viewer',
  query: z.strictObject(pageQuery),
  async run({ app, query }) {
    const { items, next } = await app.read.alerts(query)
    return json(200, { items: items.map(alertView), next })
  },
})

const alertView = (a: Alert) => ({
  id: a.id,
  source: a.source,
  source_id: a.sourceId,
  symbol: a.symbol,
  side: a.side,
  headline: a.headline,
  summary: a.summary,
  category: a.category,
  confidence: a.confidence,
  catalyst_score: a.catalystScore,
  factors: a.factors,
  entry_price: a.entryPrice,
  stop_loss: a.stopLoss,
  take_profit: a.takeProfit,
  url: a.url,
  published_at: a.publishedAt,
  received_at: a.receivedAt,
  status: a.status,
  reason: a.reason,
  proposal_id: a.proposalId,
})
