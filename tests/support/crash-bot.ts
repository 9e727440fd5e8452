import { writeSync } from 'node:fs'
import { connect } from 'node:net'
import { type Bot, startBot } from '../../src/compose.ts'
import type { Broker } from '../../src/ports/broker.ts'
import type { SendPermit } from '../../src/ports/leadership.ts'
import { type BotHome, environmentOf } from './bot.ts'
import { at, type Moment, type Wrap } from './moments.ts'

/** What a test tells its child process. */
export interface CrashBotOrders {
  readonly home: BotHome
  readonly settings: object
  /** Where it is struck; null: whenever its parent does it. */
  readonly moment: Moment | null
  /** What happens to it there: it dies, as if by kill -9, or it stops until its parent lets it go on. */
  readonly strike?: 'die' | 'freeze'
  readonly lead: boolean
  /** 0 or absent: a free one. */
  readonly port?: number
  /** The port where every order that leaves is told, at the moment it does: a witness that outlives the process. */
  readonly witness?: number
  /** Further variables of its environment: the addresses of chats, say. */
  readonly variables?: Readonly<Record<string, string>>
}

const say = (line: string) => writeSync(1, `${line}\n`)

const strikes = {
  die: () => process.kill(process.pid, 'SIGKILL'),
  freeze() {
    say('frozen')
    process.kill(process.pid, 'SIGSTOP')
    // The signal may take a moment to stop the thread that asked for it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
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

function wrapOf({ moment, strike = 'die', witness }: CrashBotOrders): Partial<Wrap> {
  const struck = moment ? at(moment, strikes[strike]) : null
  if (witness === undefined) return struck ?? {}
  return { ...struck, broker: (broker) => (struck?.broker ?? ((b: Broker) => b))(witnessed(broker, witness)) }
}

/** A whole bot in a process of its own, to be killed. Says its address on a line of its own once it listens, or stands by. */
async function run(): Promise<Bot> {
  const orders = JSON.parse(process.argv[2] ?? '') as CrashBotOrders
  const silent = () => undefined
  const bot = await startBot({
    environment: await environmentOf(orders.home, orders.settings, orders.variables),
    start: { splits: [], port: orders.port ?? 0 },
    log: { info: silent, debug: silent, warn: silent, error: (facts, message) => console.error(message, facts) },
    lead: orders.lead,
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
process.stdin.resume().once('end', () => process.exit(1))
const bot = await run()
process.once('SIGTERM', () => void bot.stop().then(() => process.exit(0)))
