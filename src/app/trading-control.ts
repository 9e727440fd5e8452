import { performance } from 'node:perf_hooks'
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
import { stateNotice } from './cards/notices.ts'
import { statusMessage } from './cards/status.ts'
import type { AppContext } from './context.ts'
import { proposalMessage } from './deliver-messages.ts'
import { cancelAll } from './place-order.ts'

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
  const canceledOrders = await cancelWorkingEntries(context, 'kill', meta)
  const elapsedMs = performance.now() - started
  const voidedProposals = await voidProposals(context, cause, meta)
  const openPositions = (await context.read.openPositions()).length
  context.log.warn({ cause, actor: meta.actor, canceledOrders, voidedProposals, openPositions, elapsedMs }, 'trading is halted')
  return { trading: change.trading, canceledOrders, voidedProposals, openPositions, elapsedMs }
}

const exposure = (order: Order): Usd => notional(order.limitPrice ?? order.expectedPrice ?? price(zero), remaining(order))

export async function cancelWorkingEntries(context: AppContext, reason: string, meta: EventMeta): Promise<number> {
  const entries = [...(await context.read.workingEntries())].sort((a, b) => exposure(b).cmp(exposure(a)))
  if (entries.length > 0) await cancelAll(context, entries, reason, meta)
  return entries.length
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
