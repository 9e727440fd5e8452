import { performance } from 'node:perf_hooks'
import { setTimeout as pauseFor } from 'node:timers/promises'
import type { Usd } from '../domain/decimal.ts'
import { notional, price, zero } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import { type Order, remaining } from '../domain/order.ts'
import { endProposal } from '../domain/proposal-decisions.ts'
import { singleton } from '../domain/streams.ts'
import {
  type ApprovalMode,
  orderFlatten as decideFlatten,
  changeMode as decideMode,
  haltTrading,
  pauseTrading,
  resumeTrading,
  type TradingState,
  type TradingStateEvent,
} from '../domain/trading-state.ts'
import type { EventMeta } from '../ports/event-store.ts'
import type { KillReport, StateChange } from './app.ts'
import { cancelAll } from './cancel-orders.ts'
import { stateNotice } from './cards/notices.ts'
import { statusMessage } from './cards/status.ts'
import type { AppContext } from './context.ts'
import { proposalMessage } from './deliver-messages.ts'

/** Every change of the trading state takes the lock that an entry takes before it leaves. */
function changeState(
  context: AppContext,
  meta: EventMeta,
  decide: (state: TradingState) => Decision<TradingStateEvent>,
  { quiet }: { readonly quiet: boolean } = { quiet: false },
): Promise<StateChange> {
  return context.store.transact(meta, async (tx) => {
    await tx.lock('trading-state')
    const stream = await tx.load('trading', singleton)
    const decision = decide(stream.state)
    if (!decision.ok) return { ok: false as const, refusal: decision.refusal }
    const after = tx.append(stream, decision.events)
    if (decision.events.length > 0 && !quiet)
      for (const message of [stateNotice(after.state, meta, context.broker.mode, context.names.of), statusMessage]) tx.enqueue(message)
    return { ok: true as const, trading: after.state }
  })
}

export async function pause(context: AppContext, cause: string, cancelEntries: boolean, meta: EventMeta): Promise<StateChange> {
  const change = await changeState(context, meta, (state) => pauseTrading(state, meta.actor, cause, meta.occurredAt))
  if (cancelEntries) await cancelWorkingEntries(context, 'paused', meta)
  return change
}

/**
 * Latches HALTED first, then cancels working entries (most exposure first) and voids what is pending. Protective legs stay.
 * Never refused; a second kill repeats the cancels and changes nothing else.
 */
export async function kill(context: AppContext, cause: string, meta: EventMeta): Promise<KillReport> {
  const started = performance.now()
  const change = await changeState(context, meta, (state) => haltTrading(state, meta.actor, cause, meta.occurredAt))
  if (!change.ok) throw new Error(`a halt was refused: ${change.refusal.explain}`)
  const cancels = await cancelEntries(context, 'kill', meta)
  const elapsedMs = performance.now() - started
  // What was asked for is written down beside this.
  const [voidedProposals, positions] = await Promise.all([voidProposals(context, cause, meta), context.read.openPositions(), cancels.noted])
  const { canceledOrders, waitingCancels } = cancels
  const openPositions = positions.length
  const facts = { canceledOrders, waitingCancels, voidedProposals, openPositions, elapsedMs }
  context.log.warn({ cause, actor: meta.actor, ...facts }, 'trading is halted')
  return { trading: change.trading, ...facts }
}

const exposure = (order: Order): Usd => notional(order.limitPrice ?? order.expectedPrice ?? price(zero), remaining(order))

/** Nobody who presses the red button waits longer than this for a broker that takes its time. */
const longestWaitMs = 1_000

/**
 * Asks the broker to cancel every working entry. Returns when it has answered, or has had its time: then the rest follows by itself,
 * as the broker takes it.
 * @returns `noted`: resolves when what was answered is written down.
 */
async function cancelEntries(context: AppContext, reason: string, meta: EventMeta) {
  const entries = [...(await context.read.workingEntries())].sort((a, b) => exposure(b).cmp(exposure(a)))
  const late = new AbortController()
  const longest = pauseFor(longestWaitMs, undefined, { signal: late.signal }).catch(() => undefined)
  let noted = Promise.resolve()
  if (entries.length > 0) {
    const written = cancelAll(context, entries, reason, meta, () => late.abort())
    written.catch((error: unknown) => context.log.error({ error }, 'cancels could not be written down; the guard asks again'))
    await Promise.race([written, longest])
    // A broker that is late is not waited for again.
    noted = late.signal.aborted ? written : noted
  }
  const waitingCancels = entries.filter(({ brokerOrderId }) => context.status.canceling.get(brokerOrderId ?? '')?.answered === false).length
  late.abort()
  return { canceledOrders: entries.length, waitingCancels, noted }
}

export async function cancelWorkingEntries(context: AppContext, reason: string, meta: EventMeta): Promise<void> {
  await (await cancelEntries(context, reason, meta)).noted
}

/** A crash between a halt and its end leaves cards open that the halt meant to void. Entries left at work are the guard's. */
export async function finishHalt(context: AppContext, meta: EventMeta): Promise<void> {
  const { state, cause, since } = await context.read.tradingState()
  if (state === 'halted' && since !== null) await voidProposals(context, cause ?? 'halted', meta, since)
}

/** @param upTo only what was offered until then (ISO). */
function voidProposals(context: AppContext, cause: string, meta: EventMeta, upTo?: string): Promise<number> {
  return context.store.transact(meta, async (tx) => {
    const open = (await tx.read.openProposals()).filter((proposal) => upTo === undefined || proposal.offeredAt <= upTo)
    const streams = await tx.loadMany(
      'proposal',
      open.map((proposal) => proposal.id),
    )
    let voided = 0
    for (const stream of streams) {
      const decision = endProposal(stream.state, { type: 'ProposalVoided', at: meta.occurredAt, cause })
      if (!decision.ok) continue
      tx.append(stream, decision.events)
      tx.enqueue(proposalMessage(stream.id))
      voided += 1
    }
    return voided
  })
}

/**
 * From a halt only after a clean comparison with the broker: `reconcile` says what does not agree. An entry of before the halt
 * whose cancel the broker has not even taken yet would come back to life with the resume.
 */
export async function resume(
  context: AppContext,
  reason: string,
  reconcile: () => Promise<readonly string[]>,
  meta: EventMeta,
): Promise<StateChange> {
  const before = await context.read.tradingState()
  if (before.state === 'halted' && reason.trim() !== '') {
    const differences = await reconcile()
    const left = (await context.read.workingEntries()).filter((order) => order.status !== 'pending_cancel')
    const obstacles = [...differences, ...left.map((order) => `the entry ${order.id} is still ${order.status}`)]
    if (obstacles.length > 0) return { ok: false, refusal: { code: 'NOT_RECONCILED', explain: obstacles.join('; ') } }
  }
  return changeState(context, meta, (state) => resumeTrading(state, meta.actor, reason, meta.occurredAt))
}

/** While halted: everything goes, and stays wanted until it was seen gone. */
export const orderFlatten = (context: AppContext, meta: EventMeta): Promise<StateChange> =>
  changeState(context, meta, (state) => decideFlatten(state, meta.actor, meta.occurredAt), { quiet: true })

export const changeMode = (context: AppContext, mode: ApprovalMode, meta: EventMeta): Promise<StateChange> =>
  changeState(context, meta, (state) => decideMode(state, meta.actor, mode, meta.occurredAt))
