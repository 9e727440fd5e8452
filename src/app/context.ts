import { randomUUID } from 'node:crypto'
import type { Settings } from '../config/settings.ts'
import type { AccountView } from '../domain/risk/check.ts'
import type { DailyReturns } from '../domain/risk/correlation.ts'
import type { ArmedCheck } from '../domain/risk/verdict.ts'
import type { SizingMethod } from '../domain/sizing/method.ts'
import type { Broker, BrokerUpdate, Received } from '../ports/broker.ts'
import { type Clock, isoNow } from '../ports/clock.ts'
import type { EventMeta, EventStore } from '../ports/event-store.ts'
import type { Leadership } from '../ports/leadership.ts'
import type { MarketData } from '../ports/market-data.ts'
import type { ReadModel } from '../ports/read-model.ts'
import type { Names } from './names.ts'
import type { Watermark } from './watermark.ts'

/** The log, as the app sees it: facts with a message. Secrets are redacted by the logger that main builds. */
export interface Log {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
  debug(facts: object, message: string): void
}

/** What every use case works with. Built once by main; settings are read anew at each use, because they reload. */
export interface AppContext {
  readonly clock: Clock
  readonly store: EventStore
  readonly read: ReadModel
  readonly broker: Broker
  readonly market: MarketData
  readonly log: Log
  readonly names: Names
  /** What every order that leaves asks first. */
  readonly lead: Leadership
  /** Up to when the broker's records have been read. */
  readonly watermark: Watermark
  readonly settings: () => Settings
  /** All loaded checks with the limits in force. */
  readonly checks: () => readonly ArmedCheck[]
  readonly sizing: () => { readonly method: SizingMethod; readonly settings: unknown }
  /** Mutable facts of this process that no event stores. */
  readonly status: ProcessStatus
}

export interface ProcessStatus {
  /** True until our books agree with the broker's. */
  reconciling: boolean
  /** Since when a position has had shares without a stop; running clock, by position id. */
  readonly nakedSince: Map<string, number>
  /** Orders that this process is sending just now, by id; each resolves once the broker's answer is written down. */
  readonly inFlight: Map<string, Promise<void>>
  /** Cancels that this process is asking for, by the broker's order id, until it is written down that they were asked for. */
  readonly canceling: Map<string, { readonly request: Promise<void>; answered: boolean }>
  /** Orders whose answer was lost, by id: since when they are looked up, how often, when next (running clock). */
  readonly lookups: Map<string, { readonly since: number; readonly tries: number; readonly next: number }>
  /** What the broker told of orders that nobody knows yet, by key, and since when (running clock). */
  readonly parked: Map<string, { readonly update: BrokerUpdate; readonly received: Received | null; readonly since: number }>
  /** The account as the broker told it last, and when (epoch milliseconds, real time). For screens; nothing is decided by it. */
  lastAccount: { readonly account: AccountView; readonly at: number } | null
  /** Epoch milliseconds, real time. */
  readonly startedAt: number
  /** How many pages of the console are open. */
  watchers: number
  /** Since when nobody can be told of a proposal, in any chat; epoch milliseconds of real time, null while somebody can. */
  unreachableSince: number | null
  /** When the broker failed to answer lately, epoch milliseconds on the running clock, oldest first. */
  readonly brokerFailures: number[]
  /** Daily returns by symbol, looked up on the day that `stamp` names. */
  readonly returns: { stamp: string; readonly bySymbol: Map<string, DailyReturns> }
  /** Whether somebody switched live trading on, with the typed phrase. */
  liveEnabled: boolean
}

export const freshStatus = (): ProcessStatus => ({
  reconciling: true,
  startedAt: Date.now(),
  nakedSince: new Map(),
  inFlight: new Map(),
  canceling: new Map(),
  lastAccount: null,
  lookups: new Map(),
  parked: new Map(),
  watchers: 0,
  unreachableSince: null,
  brokerFailures: [],
  returns: { stamp: '', bySymbol: new Map() },
  liveEnabled: false,
})

/** The stamp of one outside occasion (a tap, a request, a timer). Pass it on to everything that the occasion sets off. */
export function occasion(context: Pick<AppContext, 'clock'>, actor: string, correlationId: string = randomUUID()): EventMeta {
  return { actor, correlationId, causationId: null, occurredAt: isoNow(context.clock) }
}
