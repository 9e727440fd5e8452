import { createDailyDigest } from './daily-digest.ts'
import { type Courier, type CourierParts, createCourier } from './deliver-messages.ts'
import { createDeliverability } from './deliverability.ts'
import { createHeartbeat, createPresence, tellDowntime } from './heartbeat.ts'

/** Everything that keeps people informed, whatever the chats do. */
export interface ChatUpkeep {
  readonly courier: Courier
  /** At start, before anything is written down: says how long nobody was here. */
  tellDowntime(): Promise<void>
  /** Looks whether people can be reached, and shows the trading state beside the bot's name. */
  watchChats(): Promise<void>
  heartbeat(): Promise<void>
  /** After the close: what the day came to. */
  dailyDigest(): Promise<void>
}

export function createChatUpkeep(parts: CourierParts): ChatUpkeep {
  const { context, chats } = parts
  const courier = createCourier(parts)
  const look = createDeliverability(parts, courier)
  const presence = createPresence(context, chats)
  const beat = createHeartbeat(context, parts.outbox)
  const digest = createDailyDigest(context)
  return {
    courier,
    tellDowntime: () => tellDowntime(context),
    async watchChats() {
      await look()
      await presence()
    },
    async heartbeat() {
      await beat()
      courier.poke()
    },
    async dailyDigest() {
      await digest()
      courier.poke()
    },
  }
}
