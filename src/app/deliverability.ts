import { check as chatUndeliverable } from '../domain/risk/checks/chat-undeliverable.ts'
import { limitsOf } from '../domain/risk/limits.ts'
import type { Chat } from '../ports/chat.ts'
import { isoNow } from '../ports/clock.ts'
import { backNotice, downNotice } from './cards/chat-notices.ts'
import { occasion } from './context.ts'
import type { Courier, CourierParts } from './deliver-messages.ts'

/** A chat that reaches nobody. */
interface Outage {
  /** Epoch milliseconds, real time. */
  readonly since: number
  /** The same moment on the running clock, ISO. */
  readonly at: string
  readonly told: boolean
}

/** The console shows what people come and look at; every other chat comes to them. */
const isOutside = ({ name }: Chat): boolean => name !== 'console'

/** @returns looks at every chat: who can be reached decides whether entries go on, and what fails is told elsewhere. */
export function createDeliverability({ context, outbox, chats }: CourierParts, courier: Courier): () => Promise<void> {
  const outages = new Map<string, Outage>()
  let watchedAt = Number.NEGATIVE_INFINITY

  /** Since when a chat reaches nobody; null while it does. A backlog that moves is slow, not stuck. */
  async function silentSince(chat: Chat, now: number, limitMs: number): Promise<number | null> {
    const known = outages.get(chat.name)?.since
    if (!chat.connected()) return known ?? now
    const { oldestMs } = await outbox.backlog(chat.name)
    if (oldestMs === null) return null
    const since = Math.max(now - oldestMs, courier.lastDelivered(chat.name) ?? Number.NEGATIVE_INFINITY)
    return now - since >= limitMs ? Math.min(since, known ?? since) : null
  }

  async function lookAt(chat: Chat, now: number, limitMs: number): Promise<void> {
    const since = await silentSince(chat, now, limitMs)
    const known = outages.get(chat.name)
    if (since === null) return known && (await end(chat, known))
    const clockBehind = Math.max(0, now - since) * context.clock.speed
    const outage = known ?? { since, at: new Date(context.clock.now() - clockBehind).toISOString(), told: false }
    outages.set(chat.name, outage)
    if (outage.told || now - outage.since < limitMs) return
    outages.set(chat.name, { ...outage, told: true })
    context.log.warn({ chat: chat.name, since: new Date(outage.since).toISOString() }, 'a chat reaches nobody')
    const others = chats().filter(({ name }) => name !== chat.name)
    const alternatives = others.filter((other) => isOutside(other) && !outages.has(other.name)).map(({ name }) => name)
    const notice = downNotice(
      { chat: chat.name, since: outage.at, alternatives, others: others.map(({ name }) => name) },
      context.broker.mode,
    )
    await context.store.transact(occasion(context, 'system'), async (tx) => tx.enqueue(notice))
  }

  async function end(chat: Chat, outage: Outage): Promise<void> {
    outages.delete(chat.name)
    await outbox.retryNow(chat.name)
    if (outage.told) {
      const { items } = await context.read.proposals({ status: 'expired' }, { limit: 50 })
      const expired = items.filter(({ decidedAt }) => decidedAt !== null && decidedAt >= outage.at)
      const notice = backNotice({ chat: chat.name, since: outage.at, until: isoNow(context.clock), expired }, context.broker.mode)
      await context.store.transact(occasion(context, 'system'), async (tx) => tx.enqueue(notice))
      context.log.info({ chat: chat.name }, 'a chat reaches people again')
    }
    courier.poke()
  }

  return async () => {
    const now = Date.now()
    if (context.status.watchers > 0) watchedAt = now
    const limitMs = limitsOf(context.checks(), chatUndeliverable).seconds * 1000
    const outside = chats().filter(isOutside)
    for (const chat of outside) await lookAt(chat, now, limitMs)
    const downSince = outside.map(({ name }) => outages.get(name)?.since ?? null)
    const reached = outside.length === 0 || context.status.watchers > 0 || downSince.includes(null)
    // The last moment at which anybody could have been reached.
    context.status.unreachableSince = reached ? null : Math.max(watchedAt, ...downSince.filter((since) => since !== null))
  }
}
