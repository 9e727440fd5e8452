import { writeSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { type Bot, startBot } from '../../src/compose.ts'
import { plainStart } from '../../src/config/mode.ts'
import type { Broker } from '../../src/ports/broker.ts'
import type { SendPermit } from '../../src/ports/leadership.ts'
import { type BotHome, environmentOf } from './bot.ts'
import { at, type Moment, type Wrap } from './moments.ts'

/** What a test tells its child process. */
export interface CrashBotOrders {
  readonly home: BotHome
  readonly settings: object
  /** Where it is struck; null: whenever its parent does it, or where its parent says later. */
  readonly moment: Moment | null
  /** What happens to it there: it dies, as if by kill -9, or it stops until its parent lets it go on. */
  readonly strike?: Strike
  readonly lead: boolean
  /** 0 or absent: a free one. */
  readonly port?: number
  /** The port where every order that leaves is told, at the moment it does: a witness that outlives the process. */
  readonly witness?: number
  /** Further variables of its environment: the addresses of chats, say. */
  readonly variables?: Readonly<Record<string, string>>
  /** Trades on paper, at a broker that its variables name, on a clock that is this many milliseconds ahead of the one on the wall. */
  readonly paper?: { readonly aheadMs: number }
}
/** `stumble`: it says so, stands still for a moment in which its parent takes something away from it, and goes on once. */
export type Strike = 'die' | 'freeze' | 'stumble'
/** Sent to a child that runs, as JSON on a line of its own. It answers `armed`. */
export interface Arming {
  readonly moment: Moment
  readonly strike: Strike
}

const stumbleMs = 400
const sleep = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
const say = (line: string) => writeSync(1, `${line}\n`)

const strikes = {
  die: () => process.kill(process.pid, 'SIGKILL'),
  freeze() {
    say('frozen')
    process.kill(process.pid, 'SIGSTOP')
    // The signal may take a moment to stop the thread that asked for it.
    sleep(50)
  },
  stumble() {
    say('stumbled')
    sleep(stumbleMs)
  },
}

/** What an adapter does whose broker is somewhere else: it asks, and what it writes to its socket in the same breath has left. */
function witnessed(broker: Broker, witness: number): Broker {
  const socket = connect(witness, '127.0.0.1').setNoDelay()
  const send = async <T>(clientOrderId: string, permit: SendPermit | undefined, go: () => Promise<T>) => {
    const reason = permit?.obstacle() ?? null
    if (reason !== null) return { outcome: 'unknown' as const, reason }
    socket.write(`${clientOrderId} ${process.pid}\n`)
    return go()
  }
  return {
    ...broker,
    submitEntry: (entry, permit) => send(entry.ticket.clientOrderId, permit, () => broker.submitEntry(entry, permit)),
    submitReducing: (order, permit) => send(order.ticket.clientOrderId, permit, () => broker.submitReducing(order, permit)),
  }
}

let armed: Arming | null = null

function strikeNow(): void {
  const strike = armed?.strike ?? 'die'
  armed = null
  strikes[strike]()
}

function wrapOf({ moment, strike = 'die', witness }: CrashBotOrders): Partial<Wrap> {
  if (moment) armed = { moment, strike }
  const struck = at(() => armed?.moment ?? null, strikeNow)
  return witness === undefined ? struck : { ...struck, broker: (broker) => struck.broker(witnessed(broker, witness)) }
}

/** A whole bot in a process of its own, to be killed. Says its address on a line of its own once it listens, or stands by. */
async function run(): Promise<Bot> {
  const orders = JSON.parse(process.argv[2] ?? '') as CrashBotOrders
  const silent = () => undefined
  const bot = await startBot({
    environment: await environmentOf(orders.home, orders.settings, orders.variables, orders.paper && plainStart),
    start: { splits: [], port: orders.port ?? 0 },
    log: { info: silent, debug: silent, warn: silent, error: (facts, message) => console.error(message, facts) },
    lead: orders.lead,
    ...(orders.paper && { now: () => Date.now() + (orders.paper?.aheadMs ?? 0) }),
    onProgress: (step) => {
      const standing = /^Standing by at (\S+)$/.exec(step)?.[1]
      if (standing) say(`standing by ${standing}`)
    },
    wrap: wrapOf(orders),
  })
  // As main does it.
  void bot.lost.then((why) => {
    say(`lost: ${why}`)
    process.exit(1)
  })
  say(`listening ${bot.url}`)
  return bot
}

// It never outlives the test that started it.
process.stdin.once('end', () => process.exit(1))
createInterface({ input: process.stdin }).on('line', (line) => {
  armed = JSON.parse(line) as Arming
  say('armed')
})
const bot = await run()
process.once('SIGTERM', () => void bot.stop().then(() => process.exit(0)))
