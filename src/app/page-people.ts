import type { Order } from '../domain/order.ts'
import type { CardButton } from '../ports/chat.ts'
import { troubleNotice } from './cards/execution-notices.ts'
import { type AppContext, occasion } from './context.ts'
import { isUnsure } from './resolve-unknown.ts'

/** Something that a person has to look at, because nothing here may decide it. */
export interface Trouble {
  /** The same for as long as it is the same trouble. */
  readonly key: string
  readonly title: string
  readonly lines: readonly string[]
  readonly buttons: readonly CardButton[]
}

export interface Pager {
  /** Tells of trouble that is new, and again of what lasts. */
  page(troubles: readonly Trouble[]): Promise<void>
}

export function createPager(context: AppContext): Pager {
  /** When each was told last; running clock. */
  const told = new Map<string, number>()
  return {
    async page(troubles) {
      const now = context.clock.now()
      const again = context.settings().execution.page_again_minutes * 60_000
      const keys = new Set(troubles.map(({ key }) => key))
      for (const key of told.keys()) if (!keys.has(key)) told.delete(key)
      const due = troubles.filter(({ key }) => now - (told.get(key) ?? Number.NEGATIVE_INFINITY) >= again)
      if (due.length === 0) return
      await context.store.transact(occasion(context, 'system'), async (tx) => {
        for (const trouble of due) tx.enqueue(troubleNotice(trouble, now, context.broker.mode))
      })
      for (const { key } of due) told.set(key, now)
    },
  }
}

/** An order that is about to be canceled, and a fill of a stranger, get so long until people are asked. */
const patienceMs = 60_000

/** Since when each order hangs in the state that it is in; running clock. */
export type Hanging = Map<string, number>

/** What hangs, told in words: orders whose fate is unknown, cancels that do not come, words nobody knows, fills of strangers. */
export async function hangingTroubles(context: AppContext, hanging: Hanging): Promise<readonly Trouble[]> {
  const now = context.clock.now()
  const working = await context.read.workingOrders()
  const seen = new Set<string>()
  const troubles = working.flatMap((order) => {
    const key = `${order.id}:${order.status}`
    seen.add(key)
    const since = hanging.get(key) ?? now
    hanging.set(key, since)
    const trouble = troubleOf(context, order, now - since)
    return trouble ? [trouble] : []
  })
  for (const key of hanging.keys()) if (!seen.has(key)) hanging.delete(key)
  return [...troubles, ...strangers(context, now)]
}

const words = (order: Order): string => `${order.side} ${order.quantity.toFixed()} ${order.symbol}`
const why = (order: Order): CardButton => ({ id: `why:${order.id}`, label: 'Why', style: 'plain' })

function troubleOf(context: AppContext, order: Order, ms: number): Trouble | null {
  if (isUnsure(order) && ms >= context.settings().execution.unknown_resend_seconds * 1000) {
    const lines = [
      'The broker never answered, and does not find it.',
      'It counts as held until that is clear. Look at the broker’s page: if the order is not there, say so.',
      ...(order.reason === null ? [] : [order.reason]),
    ]
    const buttons = [{ id: `not-there:${order.id}`, label: 'It is not there', style: 'danger' as const }, why(order)]
    return { key: `unknown-${order.id}`, title: `UNKNOWN: ${words(order)}`, lines, buttons }
  }
  if (order.status === 'unrecognized') {
    const lines = [`The broker calls it "${order.statusWord ?? ''}", a word not known here.`, `No entries in ${order.symbol} meanwhile.`]
    return ms < patienceMs
      ? null
      : { key: `word-${order.id}`, title: `${order.symbol}: what is its order doing?`, lines, buttons: [why(order)] }
  }
  if (order.status === 'pending_cancel' && ms >= patienceMs) {
    const lines = ['The broker took the cancel and does not carry it out.', 'It is asked again; until then the order may fill.']
    return { key: `cancel-${order.id}`, title: `Not canceled yet: ${words(order)}`, lines, buttons: [why(order)] }
  }
  return null
}

function strangers({ status }: AppContext, now: number): readonly Trouble[] {
  const late = [...status.parked].filter(([, { since }]) => now - since >= patienceMs)
  if (late.length === 0) return []
  const lines = ['They are kept, and counted once their orders are known.', 'Compare the positions with the broker’s page.']
  const title = late.length === 1 ? 'A fill of an order nobody knows' : `${late.length} fills of orders nobody knows`
  return [{ key: 'strangers', title, lines, buttons: [] }]
}
