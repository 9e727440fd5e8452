import { type Bot, startBot } from '../../src/compose.ts'
import { type BotHome, environmentOf } from './bot.ts'
import { at, type Moment } from './moments.ts'

/** What a test tells its child process. */
export interface CrashBotOrders {
  readonly home: BotHome
  readonly settings: object
  /** Where it dies, as if by kill -9; null: whenever its parent kills it. */
  readonly moment: Moment | null
  readonly lead: boolean
  /** Further variables of its environment: the addresses of chats, say. */
  readonly variables?: Readonly<Record<string, string>>
}

/** A whole bot in a process of its own, to be killed. Says its address on a line of its own once it listens. */
async function run(): Promise<Bot> {
  const orders = JSON.parse(process.argv[2] ?? '') as CrashBotOrders
  const die = () => process.kill(process.pid, 'SIGKILL')
  const silent = () => undefined
  const bot = await startBot({
    environment: await environmentOf(orders.home, orders.settings, orders.variables),
    start: { splits: [], port: 0 },
    log: { info: silent, debug: silent, warn: silent, error: (facts, message) => console.error(message, facts) },
    lead: orders.lead,
    ...(orders.moment ? { wrap: at(orders.moment, die) } : {}),
  })
  process.stdout.write(`listening ${bot.url}\n`)
  return bot
}

// It never outlives the test that started it.
process.stdin.resume().once('end', () => process.exit(1))
const bot = await run()
process.once('SIGTERM', () => void bot.stop().then(() => process.exit(0)))
