import { type AlpacaBrokerOptions, createAlpacaBroker } from '../../../../src/adapters/brokers/alpaca.ts'
import type { BrokerUpdate, Received } from '../../../../src/ports/broker.ts'
import { type AlpacaEmulator, type AlpacaEmulatorOptions, startAlpacaEmulator } from '../../../emulators/alpaca.ts'

/** How a test's settings name what opens the emulator. */
export const accessTo = ({ access }: AlpacaEmulator) => ({
  keyId: access.APCA_API_KEY_ID,
  secretKey: access.APCA_API_SECRET_KEY,
  // A slash at the end is what people paste.
  tradingUrl: `${access.APCA_API_BASE_URL}/`,
  dataUrl: `${access.APCA_API_DATA_URL}/`,
  streamUrl: access.APCA_API_STREAM_URL,
  dataStreamUrl: access.APCA_DATA_STREAM_URL,
})

export interface Note {
  readonly level: 'warn' | 'error'
  readonly facts: object
  readonly message: string
}
export function noteLog() {
  const notes: Note[] = []
  const at = (level: Note['level']) => (facts: object, message: string) => {
    notes.push({ level, facts, message })
  }
  return { notes, warn: at('warn'), error: at('error') }
}

/** Reconnects and repeats as fast as a test wants them. */
export const quick = { firstPauseMs: 5, firstReconnectMs: 10, mostReconnectMs: 50, pingMs: 5_000, pongMs: 5_000, patienceMs: 10_000 }

export interface AlpacaBenchOptions {
  readonly emulator?: AlpacaEmulatorOptions
  readonly broker?: Partial<AlpacaBrokerOptions>
  readonly connect?: boolean
  readonly onUpdate?: (update: BrokerUpdate) => Promise<void>
}

/** The broker on an Alpaca of its own, with `ACME` first at 100.00 and `HARD`, which nobody lends. */
export async function alpacaBench(options: AlpacaBenchOptions = {}) {
  const alpaca = await startAlpacaEmulator({ rateLimit: null, ...options.emulator })
  alpaca.world.addAsset('ACME')
  alpaca.world.setMark('ACME', '100')
  alpaca.world.addAsset('HARD', { shortable: false, easyToBorrow: false })
  alpaca.world.setMark('HARD', '100')
  const log = noteLog()
  const broker = createAlpacaBroker({ access: accessTo(alpaca), mode: 'paper', log, timing: quick, ...options.broker })
  const updates: BrokerUpdate[] = []
  const received: Received[] = []
  let gaps = 0
  const listen = () =>
    broker.connect(
      async (update, from) => {
        updates.push(update)
        if (from) received.push(from)
        await options.onUpdate?.(update)
      },
      () => {
        gaps += 1
      },
    )
  if (options.connect !== false) await listen()

  /** Everything that Alpaca has told has been heard. */
  const heard = () => alpaca.until(() => new Set(received.map(eventOf)).size >= alpaca.trades.told.length)
  return {
    alpaca,
    broker,
    updates,
    received,
    log,
    listen,
    heard,
    gaps: () => gaps,
    /** Trades at a price, for one second; what it leads to is told before it resolves. */
    async trade(at: string, available = 1_000): Promise<void> {
      const { world } = alpaca
      const from = world.now()
      world.advance(1_000)
      world.matchBar('ACME', {
        at: from,
        open: at,
        high: at,
        low: at,
        close: at,
        volume: available * 10,
        halfSpread: '0.01',
        lengthMs: 1_000,
      })
      await heard()
    },
    async stop(): Promise<void> {
      await broker.disconnect()
      await alpaca.stop()
    },
  }
}
export type AlpacaBench = Awaited<ReturnType<typeof alpacaBench>>

/** Each message is known by Alpaca's id of it; what it says comes as one update or two. */
const eventOf = ({ key }: Received): string => key.slice(0, key.lastIndexOf(':'))
