import type { Chat } from '../ports/chat.ts'
import { isoNow } from '../ports/clock.ts'
import type { Outbox } from '../ports/outbox.ts'
import { downtimeNotice } from './cards/chat-notices.ts'
import { beatSeconds, presenceWords, statusCard, statusMessage } from './cards/status.ts'
import { type AppContext, occasion } from './context.ts'
import { accountSummary } from './mark-to-market.ts'

const beatMs = beatSeconds * 1000
/** Jobs come on the second: a beat that is due in a moment is due. */
const slackMs = 5_000

/** @returns tells every chat that somebody is at the wheel; at most once a real minute, however often it is asked. */
export function createHeartbeat(context: AppContext, outbox: Outbox): () => Promise<void> {
  let lastBeat = Number.NEGATIVE_INFINITY
  return async () => {
    const now = Date.now()
    if (now - lastBeat < beatMs - slackMs) return
    await context.store.transact(occasion(context, 'system'), async (tx) => tx.enqueue(statusMessage))
    lastBeat = now
    await outbox.tidy(statusMessage.cardKey)
  }
}

/** The pinned line as it is now. A broker that does not answer makes figures unknown, not the line silent. */
export async function currentStatus(context: AppContext) {
  const [trading, account, pending] = await Promise.all([
    context.read.tradingState(),
    accountSummary(context).catch((error: unknown) => {
      context.log.warn({ error }, 'the status line goes out without account figures')
      return null
    }),
    context.read.openProposalCount(),
  ])
  return statusCard({ trading, account, pending, at: isoNow(context.clock) }, context.broker.mode)
}

/** While trading, something is written down every running minute: a longer silence was downtime. */
const quietMs = 120_000
const mostMissed = 50
/** Starts one after the other that wrote nothing else down; more of them hide a silence that is long over. */
const openings = 20

/** After a downtime: how long it was, and what nobody could decide. To be asked before anything else is written down. */
export async function tellDowntime(context: AppContext): Promise<void> {
  // That the books were just opened is not what was written down last before the silence.
  const last = (await context.read.events({ newest: true }, openings)).find(({ event }) => event.type !== 'BooksOpened')
  const now = new Date(Date.now()).toISOString()
  if (!last || Date.parse(now) - Date.parse(last.recordedAt) < quietMs / Math.min(1, context.clock.speed)) return
  const expired = await context.read.overdueProposals(isoNow(context.clock), mostMissed)
  const notice = downtimeNotice({ since: last.recordedAt, until: now, expired }, context.broker.mode)
  await context.store.transact(occasion(context, 'system'), async (tx) => tx.enqueue(notice))
}

/** @returns puts the trading state beside the bot's name in each chat that has room for it, when it changed or the chat forgot. */
export function createPresence(context: AppContext, chats: () => readonly Chat[]): () => Promise<void> {
  const shown = new Map<string, string>()
  return async () => {
    const able = chats().filter((chat) => chat.presence !== undefined)
    if (able.length === 0) return
    const words = presenceWords(await context.read.tradingState(), context.broker.mode)
    for (const chat of able) {
      if (!chat.connected()) shown.delete(chat.name)
      else if (shown.get(chat.name) !== words) await show(chat, words)
    }
  }

  async function show(chat: Chat, words: string): Promise<void> {
    try {
      await chat.presence?.(words)
      shown.set(chat.name, words)
    } catch (error) {
      context.log.warn({ chat: chat.name, error }, 'the state could not be put beside the name; it is tried again')
    }
  }
}
