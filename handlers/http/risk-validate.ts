import { z } from 'zod'
import { priceField, quantityField, symbolField } from '../../src/app/fields.ts'
import { defineRoute, json } from '../../src/app/route.ts'
import { denialView } from '../../src/app/views.ts'
import { price, quantity } from '../../src/domain/decimal.ts'

export const route = defineRoute({
  name: 'risk-validate',
  method: 'POST',
  path: '/api/v1/risk/validate',
  summary: 'What risk would say to an entry; nothing is stored or sent.',
  role: 'viewer',
  body: z.strictObject({
    symbol: symbolField,
    side: z.enum(['buy', 'sell']),
    quantity: quantityField,
    price: priceField,
    stop_loss: priceField.nullish(),
    take_profit: priceField.nullish(),
    confidence: z.number().min(0).max(1).default(1),
  }),
  async run({ app, body }) {
    const opinion = await app.validateEntry({
      proposalId: null,
      symbol: body.symbol,
      side: body.side,
      quantity: quantity(body.quantity),
      price: price(body.price),
      stopLoss: body.stop_loss == null ? null : price(body.stop_loss),
      takeProfit: body.take_profit == null ? null : price(body.take_profit),
      confidence: body.confidence,
    })
    return json(200, {
      approved: opinion.approved,
      risk_score: opinion.riskScore,
      risk_amount: opinion.riskAmount === null ? null : opinion.riskAmount.toFixed(2),
      denials: opinion.denials.map(denialView),
      warnings: opinion.warnings,
    })
  },
})
