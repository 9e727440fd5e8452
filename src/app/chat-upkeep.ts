import { type Courier, type CourierParts, createCourier } from './deliver-messages.ts'
import { createDeliverability } from './deliverability.ts'

/** Everything that keeps people informed, whatever the chats do. */
export interface ChatUpkeep {
  readonly courier: Courier
  /** Looks whether people can be reached. */
  watchChats(): Promise<void>
}

export function createChatUpkeep(parts: CourierParts): ChatUpkeep {
  const courier = createCourier(parts)
  return { courier, watchChats: createDeliverability(parts, courier) }
}
