import type { Broker } from '../../../ports/broker.ts'
import { type Family, isComplex } from './family.ts'
import type { Lookups } from './lookups.ts'
import { hasEnded } from './mapper.ts'
import { tradeUpdateShape, type WireTradeUpdate } from './schema.ts'
import { isKnownEvent, keyOf, toldBy } from './updates.ts'

type Listener = Parameters<Broker['connect']>[0]

export interface Delivery {
  listen(listener: Listener | null, missed: () => void): void
  listening(): boolean
  /** A message as it came. */
  push(raw: unknown): void
  /** Something may have been missed. */
  gap(): void
  drained(): Promise<void>
  /** Whether the stream has told of an execution. */
  heard(executionId: string): boolean
}

export interface DeliveryParts {
  readonly family: Family
  readonly lookups: Lookups
  readonly log: { warn(facts: object, message: string): void; error(facts: object, message: string): void }
}

const mostRemembered = 5_000

/**
 * One message after the other, each awaited. A message that cannot be read, or that the listener did not take, counts as
 * missed: the broker's lists still have what it said.
 */
export function createDelivery({ family, lookups, log }: DeliveryParts): Delivery {
  let listener: Listener | null = null
  let missed: () => void = () => undefined
  let last: Promise<void> = Promise.resolve()
  const executions = new Set<string>()

  const remember = (executionId: string): void => {
    executions.add(executionId)
    for (const oldest of executions) {
      if (executions.size <= mostRemembered) return
      executions.delete(oldest)
    }
  }

  async function tell(raw: unknown): Promise<void> {
    const parsed = tradeUpdateShape.safeParse(raw)
    if (!parsed.success) {
      log.error({ raw, problem: parsed.error.issues[0]?.message }, 'a trade update that cannot be read')
      return missed()
    }
    const message = parsed.data
    if (!isKnownEvent(message.event))
      log.warn({ event: message.event, order: message.order.id }, 'a trade update of a kind that is not known')
    const isNew = isComplex(message.order) && !family.isParent(message.order.id)
    try {
      await lookups.place(message.order)
    } catch (error) {
      // Told all the same: better an order without its parent than none.
      log.warn({ order: message.order.id, error }, 'whose leg an order is could not be looked up')
    }
    for (const { update, received } of toldBy(message, raw, family)) {
      if (update.type === 'execution') remember(update.execution.executionId)
      await listener?.(update, received)
    }
    if (isNew || hasFilled(message)) await tellLegs(message)
  }

  /**
   * Of a pair that waits for its entry Alpaca tells one leg's coming to life at most, and of a family that was not placed from here
   * nothing else: whoever listens would take a position for unguarded whose stop is there.
   */
  async function tellLegs(message: WireTradeUpdate): Promise<void> {
    if (!isComplex(message.order) || family.kinshipOf(message.order) !== null) return
    for (const order of await lookups.legsOf(message.order.id)) {
      if (hasEnded(order)) continue
      const key = `${keyOf(message)}:leg:${order.brokerOrderId}`
      await listener?.({ type: 'order', order, reason: null }, { key, raw: { leg: order.brokerOrderId, status: order.statusWord } })
    }
  }
  return {
    listen(to, onMissed) {
      listener = to
      missed = onMissed
    },
    listening: () => listener !== null,
    push(raw) {
      last = last.then(() =>
        tell(raw).catch((error: unknown) => {
          log.warn({ error }, 'a trade update was not taken; reconciling will find it')
          missed()
        }),
      )
    },
    gap: () => missed(),
    drained: () => last,
    heard: (executionId) => executions.has(executionId),
  }
}

const hasFilled = ({ event, order }: WireTradeUpdate): boolean => event === 'fill' && order.status === 'filled'
