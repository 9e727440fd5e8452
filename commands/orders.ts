import { z } from 'zod'
import { clip, count, reply } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'
import { orderView } from '../src/app/views.ts'
import { text } from '../src/domain/decimal.ts'
import { type Order, remaining } from '../src/domain/order.ts'

const words: Partial<Record<Order['status'], string>> = { accepted: 'works', partially_filled: 'part', pending_cancel: 'ending' }

export const command = defineCommand({
  name: 'orders',
  summary: 'Working orders; with all:true the latest of every kind',
  role: 'viewer',
  args: z.object({
    all: z.boolean().default(false).meta({ description: 'true shows ended orders too' }),
  }),
  async run(call) {
    const page = await call.app.read.orders({ open: call.args.all ? undefined : true }, { limit: 20 })
    const data = page.items.map(orderView)
    if (page.items.length === 0) return reply(call, { title: call.args.all ? 'No order yet' : 'No working order', data })
    return reply(call, {
      title: `${count(page.items.length, call.args.all ? 'order' : 'working order')}${page.next === null ? '' : ', and more'}`,
      table: { columns: ['Order', 'Left', 'At', 'State'], rows: page.items.map(row), total: null },
      data,
    })
  },
})

const row = (order: Order): readonly string[] => [
  `${order.side} ${clip(order.symbol, 5)}`,
  clip(text(remaining(order)), 6),
  (order.limitPrice ?? order.stopPrice)?.toFixed(2) ?? 'market',
  words[order.status] ?? order.status,
]
