import type { Broker, BrokerUpdate } from '../../../ports/broker.ts'

export type UpdateListener = Parameters<Broker['connect']>[0]

export interface Delivery {
  listen(listener: UpdateListener | null): void
  listening(): boolean
  /** Queues updates; without a listener they are dropped, because the books can be asked. */
  push(updates: readonly BrokerUpdate[]): void
  /** Resolves when everything queued so far was told. */
  drained(): Promise<void>
}

/** One update after the other, each awaited. */
export function createDelivery(log: { warn(facts: object, message: string): void }): Delivery {
  let listener: UpdateListener | null = null
  let last: Promise<void> = Promise.resolve()

  const tell = async (update: BrokerUpdate): Promise<void> => {
    try {
      await listener?.(update, null)
    } catch (error) {
      log.warn({ error, update: update.type }, 'an update of the simulated broker was not taken; reconciling will find it')
    }
  }
  return {
    listen(to) {
      listener = to
    },
    listening: () => listener !== null,
    push(updates) {
      if (!listener) return
      for (const update of updates) last = last.then(() => tell(update))
    },
    drained: () => last,
  }
}
