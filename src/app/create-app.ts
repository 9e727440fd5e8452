import { sessionAt } from '../domain/calendar.ts'
import { isOpen } from '../domain/proposal.ts'
import type { EntryRequest } from '../domain/risk/check.ts'
import { judgeEntry } from '../domain/risk/verdict.ts'
import type { BrokerUpdate } from '../ports/broker.ts'
import type { Chat } from '../ports/chat.ts'
import type { Outbox } from '../ports/outbox.ts'
import type { App, RiskOpinion } from './app.ts'
import { applyUpdate } from './apply-update.ts'
import { requestClose } from './close-position.ts'
import { type AppContext, occasion } from './context.ts'
import { approve, decline, end, release } from './decide-proposal.ts'
import { deliverPending } from './deliver-messages.ts'
import { judgeOne } from './judge-alert.ts'
import { accountSummary, createMarker } from './mark-to-market.ts'
import type { Membership } from './people.ts'
import { dispatchReady } from './place-order.ts'
import { protectPositions } from './protect.ts'
import { createPump, createQueue } from './pump.ts'
import { raiseAlert } from './raise-alert.ts'
import { reconcile } from './reconcile.ts'
import { lookAtMarket, riskContext } from './risk-context.ts'
import { changeMode, kill, pause, resume } from './trading-control.ts'
import { shareUsed } from './views.ts'

/** What time and the outside set off; jobs call these, people never do. */
export interface Upkeep {
  /** Recovery: makes the books agree with the broker, then lets entries in. Every start goes through it. */
  start(): Promise<void>
  stop(): Promise<void>
  expireProposals(): Promise<void>
  releaseArmed(): Promise<void>
  /** Sends what is ready, repeats what hangs, guards what is naked. */
  tendOrders(): Promise<void>
  mark(): Promise<void>
  reconcile(): Promise<void>
  deliver(): void
  /** Resolves when everything that was set off so far has been carried out. */
  settled(): Promise<void>
}

export type RunningApp = App & Upkeep

export interface AppParts {
  readonly context: AppContext
  readonly outbox: Outbox
  readonly chats: () => readonly Chat[]
  readonly membership: Membership
}

const judgedAtOnce = 50

/** Wires the use cases together: what one of them stores wakes the next. */
export function createApp({ context, outbox, chats, membership }: AppParts): RunningApp {
  const { log, read } = context
  /** One at a time: broker updates, reconciling and guarding look at the same books. */
  const inBooks = createQueue()
  const marker = createMarker(context)

  const orders = createPump('placing orders', log, () => dispatchReady(context))
  const guard = createPump('protecting positions', log, async () => {
    await inBooks(() => protectPositions(context))
    orders.poke()
  })
  const messages = createPump('delivering messages', log, async () => {
    await Promise.all(chats().map((chat) => deliverPending(context, outbox, chat)))
  })
  const alerts = createPump('judging alerts', log, async () => {
    for (let more = true; more; ) {
      const unjudged = await read.unjudgedAlerts(judgedAtOnce)
      for (const alert of unjudged) {
        const proposal = await judgeOne(context, alert)
        if (proposal && !context.status.reconciling) await approveAlone(proposal.id, proposal.terms.version)
      }
      more = unjudged.length === judgedAtOnce
    }
  })

  /** Autonomous mode is an approver that is not a person: the same tap, the same verdict. */
  async function approveAlone(proposalId: string, version: number): Promise<void> {
    if ((await read.tradingState()).mode !== 'autonomous') return
    await approve(context, proposalId, { version }, occasion(context, 'autonomous'))
  }

  async function hear(update: BrokerUpdate): Promise<void> {
    await inBooks(() => applyUpdate(context, update))
    guard.poke()
  }

  const unsubscribe = context.store.onCommitted((events) => {
    messages.poke()
    if (events.some((e) => e.event.type === 'AlertReceived')) alerts.poke()
    if (events.some((e) => e.event.type === 'OrderPrepared' || e.event.type === 'OrderReturned')) orders.poke()
  })

  const reconcileBooks = async (): Promise<readonly string[]> => {
    const differences = await inBooks(() => reconcile(context))
    orders.poke()
    guard.poke()
    return differences
  }
  const haltOnDifference = async (differences: readonly string[]) => {
    if (differences.length === 0 || (await read.tradingState()).state === 'halted') return
    await kill(context, `positions do not agree with the broker: ${differences.join('; ')}`, occasion(context, 'system'))
  }
  let lastDifferences = ''

  async function validateEntry(request: EntryRequest): Promise<RiskOpinion> {
    const look = await lookAtMarket(context, request.symbol)
    const verdict = judgeEntry(await riskContext(context, request, look, read), context.checks())
    const denials = verdict.approved ? [] : verdict.entry.denials
    const riskAmount = request.stopLoss && request.price.minus(request.stopLoss).abs().times(request.quantity)
    return { approved: verdict.approved, riskAmount, denials, riskScore: Math.min(1, Math.max(0, ...denials.map(shareUsed))) }
  }

  return {
    ...context,
    raiseAlert: (content, meta) => raiseAlert(context, content, meta),
    approve: (id, tap, meta) => approve(context, id, tap, meta),
    decline: (id, reason, meta) => decline(context, id, reason, meta),
    async closePosition(id, reason, meta) {
      const position = await read.position(id)
      return requestClose(context, position ? [position] : [], reason, meta)
    },
    flatten: async (reason, meta) => requestClose(context, await read.openPositions(), reason, meta),
    pause: (cause, { cancelEntries }, meta) => pause(context, cause, cancelEntries, meta),
    kill: (cause, meta) => kill(context, cause, meta),
    resume: (reason, meta) => resume(context, reason, reconcileBooks, meta),
    changeMode: (mode, meta) => changeMode(context, mode, meta),
    validateEntry,
    accountSummary: () => accountSummary(context),
    roleOf: (actor) => membership.roleOf(actor),
    claim: (code, actor, meta) => membership.claim(code, actor, meta),

    async start() {
      context.status.reconciling = true
      await context.broker.connect(hear)
      await haltOnDifference(await reconcileBooks())
      await marker.mark({ now: true })
      context.status.reconciling = false
      alerts.poke()
      messages.poke()
    },
    async stop() {
      unsubscribe()
      await this.settled()
    },
    async expireProposals() {
      const now = new Date(context.clock.now()).toISOString()
      for (const proposal of await read.openProposals()) {
        if (proposal.expiresAt > now) continue
        await end(context, proposal.id, { type: 'ProposalExpired', at: now, reason: 'nobody decided in time' }, occasion(context, 'system'))
      }
    },
    async releaseArmed() {
      if (context.status.reconciling || sessionAt(context.clock.now()) !== 'regular') return
      for (const proposal of await read.openProposals())
        if (proposal.status === 'armed' && isOpen(proposal)) await release(context, proposal, occasion(context, 'system'))
    },
    async tendOrders() {
      orders.poke()
      guard.poke()
      await Promise.all([orders.settled(), guard.settled()])
    },
    mark: () => marker.mark(),
    async reconcile() {
      const differences = await reconcileBooks()
      // A fill that is on its way looks like a difference; one that lasts is one.
      const lasting = differences.join('; ')
      if (lasting !== '' && lasting === lastDifferences) await haltOnDifference(differences)
      lastDifferences = lasting
    },
    deliver: () => messages.poke(),
    async settled() {
      for (const pump of [alerts, orders, guard, orders, messages]) await pump.settled()
    },
  }
}
