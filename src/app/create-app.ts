import type { Alert } from '../domain/alert.ts'
import { sessionAt } from '../domain/calendar.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { BrokerUpdate, Received } from '../ports/broker.ts'
import type { Chat } from '../ports/chat.ts'
import type { Outbox } from '../ports/outbox.ts'
import type { App } from './app.ts'
import { applyUpdate } from './apply-update.ts'
import { escalateUnanswered, remindSnoozed } from './attend-proposals.ts'
import { decline, end, giveReason, revise, snooze } from './change-proposal.ts'
import { type ChatUpkeep, createChatUpkeep } from './chat-upkeep.ts'
import { requestClose, requestHalf } from './close-position.ts'
import { type AppContext, occasion } from './context.ts'
import { approve, release } from './decide-proposal.ts'
import { judgeOne } from './judge-alert.ts'
import { accountSummary, createMarker } from './mark-to-market.ts'
import { measureOutcomes } from './measure-outcomes.ts'
import { moveStop } from './move-stop.ts'
import { mute } from './mute.ts'
import { createPager, type Hanging, hangingTroubles } from './page-people.ts'
import type { Membership } from './people.ts'
import { dispatchEntries, dispatchExits } from './place-order.ts'
import { cancelLateEntries, protectPositions, type Tries } from './protect.ts'
import { createPump, createQueue, gathered } from './pump.ts'
import { raiseAlert } from './raise-alert.ts'
import { reconcile } from './reconcile.ts'
import { createRefusals } from './refusals.ts'
import { giveUp, resolveUnknown } from './resolve-unknown.ts'
import { cancelWorkingEntries, changeMode, finishHalt, kill, orderFlatten, pause, resume } from './trading-control.ts'
import { validateEntry } from './validate-entry.ts'
import { createHaltWatch } from './watch-halt.ts'

/** What time and the outside set off; jobs call these, people never do. */
export interface Upkeep extends Omit<ChatUpkeep, 'courier'> {
  /** Recovery: makes the books agree with the broker, then lets entries in. Every start goes through it. */
  start(): Promise<void>
  stop(): Promise<void>
  expireProposals(): Promise<void>
  releaseArmed(): Promise<void>
  remindSnoozed(): Promise<void>
  escalateProposals(): Promise<void>
  measureOutcomes(): Promise<void>
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

/** How much is read at once of a list that is worked off. */
const readAtOnce = 50
/** Real milliseconds: what a tap sets off comes before what is told about it, and a burst is looked at once. */
const burstMs = 25

/** Wires the use cases together: what one of them stores wakes the next. */
export function createApp({ context, outbox, chats, membership }: AppParts): RunningApp {
  const { log, read } = context
  /** One at a time: broker updates, reconciling and guarding look at the same books. */
  const inBooks = createQueue()
  /**
   * One approval at a time: each takes the account's lock anyway, and a flood of taps that waited for it in the database would
   * hold every connection while a kill waits for one.
   */
  const approvals = createQueue()
  const marker = createMarker(context)

  const exits = createPump('placing exits', log, () => dispatchExits(context))
  const entries = createPump('placing entries', log, () => dispatchEntries(context))
  const pokeOrders = () => {
    exits.poke()
    entries.poke()
  }
  const tries: Tries = new Map()
  const guard = createPump('protecting positions', log, async () => {
    await inBooks(() => protectPositions(context, tries))
    pokeOrders()
  })
  const late = createPump('canceling entries', log, () => cancelLateEntries(context))
  const tend = () => {
    late.poke()
    guard.poke()
  }
  /** A fill comes with its legs coming to life: one look at the books serves all of them. */
  const guardSoon = gathered(burstMs, tend)
  const { courier: messages, ...chatUpkeep } = createChatUpkeep({ context, outbox, chats })
  const news = gathered(burstMs, () => messages.poke())
  const alerts = createPump('judging alerts', log, async () => {
    for (let more = true; more; ) {
      const unjudged = await read.unjudgedAlerts(readAtOnce)
      let judged = 0
      for (const alert of unjudged) if (await judge(alert)) judged += 1
      more = unjudged.length === readAtOnce && judged > 0
    }
  })

  /** One alert that cannot be judged must not keep the others waiting. @returns whether it was judged. */
  async function judge(alert: Alert): Promise<boolean> {
    try {
      const proposal = await judgeOne(context, alert)
      if (proposal && !context.status.reconciling) await approveAlone(proposal.id, proposal.terms.version)
      return true
    } catch (error) {
      log.error({ alert: alert.id, error }, 'an alert could not be judged; it is tried again at the next occasion')
      return false
    }
  }

  /** Autonomous mode is an approver that is not a person: the same tap, the same verdict. */
  async function approveAlone(proposalId: string, version: number): Promise<void> {
    if ((await read.tradingState()).mode !== 'autonomous') return
    await approvals(() => approve(context, proposalId, { version }, occasion(context, 'autonomous')))
  }

  /**
   * A fill may be quicker than the answer to its order: then, once that is written down, the broker's lists are read. What still
   * belongs to nothing is kept and tried again with every comparison; until it is placed, what was read of the records stays short of it.
   */
  async function hear(update: BrokerUpdate, received: Received | null): Promise<void> {
    const known = await inBooks(() => applyUpdate(context, update, received))
    if (!known) {
      const key = received?.key ?? JSON.stringify(update)
      context.status.parked.set(key, { update, received, since: context.clock.now() })
      await Promise.all(context.status.inFlight.values())
      await reconcileBooks()
    }
    guardSoon.soon()
  }

  const unsubscribe = context.store.onCommitted((events) => {
    // Orders first: what is told about them waits behind them on the one connection of the embedded database.
    if (events.some(({ event }) => event.type === 'OrderReturned' || (event.type === 'OrderPrepared' && event.role !== 'entry')))
      pokeOrders()
    if (events.some((e) => e.event.type === 'AlertReceived')) alerts.poke()
    news.soon()
  })

  const reconcileBooks = async (): Promise<readonly string[]> => {
    const differences = await inBooks(() => reconcile(context))
    pokeOrders()
    tend()
    return differences
  }
  const pager = createPager(context)
  const hanging: Hanging = new Map()
  const halt = createHaltWatch(context)
  /** What only time shows: answers that never come, cancels that hang, a halt that is not through, a stream that came back. */
  let connected = true
  const watch = createPump('watching orders', log, async () => {
    if (context.status.reconciling) return
    await inBooks(() => resolveUnknown(context, { now: false }))
    const back = context.broker.connected()
    if (back && !connected) await reconcileBooks()
    connected = back
    await pager.page([...(await hangingTroubles(context, hanging)), ...(await halt.look())])
  })
  const haltOnDifference = async (differences: readonly string[]) => {
    if (differences.length === 0 || (await read.tradingState()).state === 'halted') return
    await kill(context, `positions do not agree with the broker: ${differences.join('; ')}`, occasion(context, 'system'))
  }
  let lastDifferences = ''

  const owns = async (actor: string): Promise<boolean> => (await membership.roleOf({ id: actor, name: actor, via: actor })) === 'owner'

  return {
    ...context,
    raiseAlert: (content, meta) => raiseAlert(context, content, meta),
    approve: (id, tap, meta) => approvals(() => approve(context, id, tap, meta)),
    decline: async (id, reason, meta) => decline(context, id, reason, meta, await owns(meta.actor)),
    giveReason: async (id, reason, meta) => giveReason(context, id, reason, meta, await owns(meta.actor)),
    revise: (id, wanted, meta) => revise(context, id, wanted, meta),
    snooze: (id, meta) => snooze(context, id, meta),
    moveStop: (id, stop, meta) => moveStop(context, id, stop, meta),
    async closePosition(id, reason, meta) {
      const position = await read.position(id)
      return requestClose(context, position ? [position] : [], reason, meta)
    },
    async closeHalf(id, held, meta) {
      const position = await read.position(id)
      return position ? requestHalf(context, position, held, meta) : { closing: [], left: [] }
    },
    async giveUpOrder(id, meta) {
      const order = await read.order(id)
      const found = order && (await context.broker.orderByClientId(order.clientOrderId))
      if (found) await reconcileBooks()
      if (!order || found) return 'found'
      return (await giveUp(context, id, `not at the broker, says ${meta.actor}`, meta)) ? 'given_up' : 'settled'
    },
    async flatten(reason, meta) {
      await orderFlatten(context, meta)
      const report = await requestClose(context, await read.openPositions(), reason, meta)
      // What is still being bought would be held a moment after everything was sold.
      await cancelWorkingEntries(context, 'flatten', meta)
      return report
    },
    pause: (cause, { cancelEntries }, meta) => pause(context, cause, cancelEntries, meta),
    async kill(cause, meta) {
      const report = await kill(context, cause, meta)
      // Whatever may have arrived is found, and canceled, without anybody waiting for it here.
      context.status.lookups.clear()
      watch.poke()
      return report
    },
    resume: (reason, meta) => resume(context, reason, reconcileBooks, meta),
    changeMode: (mode, meta) => changeMode(context, mode, meta),
    mute: (minutes, meta) => mute(context, minutes, meta),
    validateEntry: (request) => validateEntry(context, request),
    accountSummary: (options) => accountSummary(context, options),
    recordRefusal: createRefusals(context),
    roleOf: (actor) => membership.roleOf(actor),
    claim: (code, actor, meta) => membership.claim(code, actor, meta),

    async start() {
      await chatUpkeep.tellDowntime()
      context.status.reconciling = true
      // Whatever was told while nobody could hear it stands in the broker's lists.
      await context.broker.connect(hear, () => {
        connected = false
        watch.poke()
      })
      await haltOnDifference(await reconcileBooks())
      await finishHalt(context, occasion(context, 'system'))
      await marker.mark({ now: true })
      context.status.reconciling = false
      pokeOrders()
      alerts.poke()
      await chatUpkeep.heartbeat()
    },
    async stop() {
      unsubscribe()
      await this.settled()
    },
    async expireProposals() {
      const now = new Date(context.clock.now()).toISOString()
      for (let more = true; more; ) {
        const overdue = await read.overdueProposals(now, readAtOnce)
        let ended = 0
        for (const { id, status } of overdue) {
          const reason = status === 'armed' ? 'it could not be sent in time' : 'nobody decided in time'
          if (await end(context, id, { type: 'ProposalExpired', at: now, reason }, occasion(context, 'system'))) ended += 1
        }
        more = overdue.length === readAtOnce && ended > 0
      }
    },
    async releaseArmed() {
      if (context.status.reconciling || sessionAt(context.clock.now()) !== 'regular') return
      // Past the last one, not from the start: what something passing stands in the way of stays armed.
      for (let last: Proposal | undefined, more = true; more; ) {
        const armed = await read.armedProposals(readAtOnce, last)
        for (const proposal of armed) await release(context, proposal, occasion(context, 'system'))
        last = armed.at(-1)
        more = armed.length === readAtOnce
      }
    },
    remindSnoozed: () => remindSnoozed(context),
    escalateProposals: () => escalateUnanswered(context),
    measureOutcomes: () => measureOutcomes(context),
    async tendOrders() {
      pokeOrders()
      tend()
      watch.poke()
      // Cancels that wait for the broker hold nothing up here: what is late is looked at again every second.
      await Promise.all([exits, entries, guard, watch].map((pump) => pump.settled()))
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
    ...chatUpkeep,
    async settled() {
      await alerts.settled()
      await Promise.all(context.status.inFlight.values())
      guardSoon.now()
      for (const pump of [exits, entries, late, guard, watch, exits, entries]) await pump.settled()
      news.now()
      await messages.settled()
    },
  }
}
