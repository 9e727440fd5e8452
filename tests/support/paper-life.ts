import type { OrderView, PositionView, ProposalView } from '../../src/app/views.ts'
import { type AlpacaEmulator, startAlpacaEmulator } from '../emulators/alpaca.ts'
import { aheadOfWall, booksOfAlpaca, entriesAt, keepQuoting, nakedShares } from './alpaca-truth.ts'
import { wrongInBooks } from './books.ts'
import { type BotHome, createHome, eventually, removeHome, roomyLimits } from './bot.ts'
import type { CrashBotOrders } from './crash-bot.ts'
import { type CrashChild, startCrashBot } from './crash-child.ts'
import { type Person, personAt } from './person.ts'
import { startToll, type Toll } from './toll.ts'

const aheadMs = aheadOfWall()
const symbols = Array.from({ length: 16 }, (_, i) => `CR${String.fromCharCode(65 + i)}`)

/** Nothing that takes a person's patience. */
export const quickSettings = {
  approvals: { actions_per_minute: 600 },
  execution: { unknown_resend_seconds: 5 },
  risk: { ...roomyLimits, duplicate_order: { seconds: 0 }, cooldown_after_stop: { minutes: 0 } },
  leader: { heartbeat_seconds: 0.3, takeover_seconds: 1.5, send_within_seconds: 1 },
  sizing: { 'fixed-percent': { percent: 1 } },
}

/** One home whose bot trades on paper and dies again and again, while its broker lives on in this process. */
export interface PaperLife {
  readonly home: BotHome
  readonly alpaca: AlpacaEmulator
  readonly toll: Toll
  /** The process that lives now; started when there is none. */
  person(): Promise<Person>
  child(): CrashChild
  /** Starts the next process. Resolves with a person at it, or null when it died before it listened. */
  begin(orders?: Partial<CrashBotOrders>): Promise<Person | null>
  /** A process that is started and not waited for. */
  spawn(orders?: Partial<CrashBotOrders>): CrashChild
  /** From now on this one is meant. */
  take(child: CrashChild, url: string): Person
  nextSymbol(): string
  /** @param price USD, in the middle of the quote */
  quote(symbol: string, price: number): void
  end(): Promise<readonly string[]>
}

export async function startPaperLife(): Promise<PaperLife> {
  const home = await createHome()
  const alpaca = await startAlpacaEmulator({ now: () => Date.now() + aheadMs, cash: '1000000', rateLimit: null })
  const toll = await startToll(alpaca.access.APCA_API_BASE_URL)
  const children: CrashChild[] = []
  let living: { readonly child: CrashChild; readonly person: Person } | null = null
  let used = 0
  const market = keepQuoting(alpaca, symbols)
  const life: PaperLife = {
    home,
    alpaca,
    toll,
    spawn(orders = {}) {
      const variables = { ...alpaca.access, APCA_API_BASE_URL: toll.url }
      const child = startCrashBot({ home, settings: quickSettings, moment: null, lead: true, variables, paper: { aheadMs }, ...orders })
      children.push(child)
      void child.gone.then(() => {
        if (living?.child === child) living = null
      })
      return child
    },
    take(child, url) {
      living = { child, person: personAt(url) }
      return living.person
    },
    async begin(orders) {
      const child = life.spawn(orders)
      const url = await child.url
      return url === null ? null : life.take(child, url)
    },
    async person() {
      const person = living?.person ?? (await life.begin())
      if (!person) throw new Error(`did not start: ${(await children.at(-1)?.gone)?.errors}`)
      return person
    },
    child() {
      if (!living) throw new Error('no process lives')
      return living.child
    },
    nextSymbol: () => symbols[used++ % symbols.length] ?? '',
    quote: market.quote,
    async end() {
      await living?.child.end()
      for (const child of children) {
        child.thaw()
        child.kill()
        await child.gone
      }
      market.close()
      const wrong = await wrongInBooks(home, booksOfAlpaca(alpaca))
      const report = alpaca.checks.report()
      await toll.close()
      await alpaca.stop()
      await removeHome(home)
      return report.includes(' 0 violations') ? wrong : [...wrong, report]
    },
  }
  return life
}

const undecided = ['ready', 'sending', 'unknown', 'pending_cancel', 'pending_replace']
/** As long as a busy machine may need. */
const patienceMs = 60_000

async function everyOrder(person: Person): Promise<readonly OrderView[]> {
  const all: OrderView[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { body: { items: readonly OrderView[]; next: string | null } } = await person.get(
      `/api/v1/orders?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    all.push(...page.body.items)
    cursor = page.body.next
  }
  return all
}

/** What is still open a little after a start: nothing must be, sooner or later. */
async function unrest({ alpaca }: PaperLife, person: Person): Promise<string> {
  const [orders, positions] = [await everyOrder(person), await person.openPositions()]
  const unsure = orders.filter(({ status }) => undecided.includes(status)).map(({ id, status }) => `${id} is ${status}`)
  const sizes = (list: readonly { symbol: string; quantity: string }[]) =>
    list
      .map(({ symbol, quantity }) => `${quantity} ${symbol}`)
      .sort()
      .join(', ')
  const theirs = sizes([...alpaca.book.positions.values()].map(({ symbol, quantity }) => ({ symbol, quantity: quantity.toFixed() })))
  const ours = sizes(positions)
  const naked = positions.filter((p) => p.protected && nakedShares(alpaca, p.symbol) > 0)
  return [
    ...unsure,
    ...(ours === theirs ? [] : [`our books hold ${ours || 'nothing'}, the broker's ${theirs || 'nothing'}`]),
    ...naked.map(({ symbol }) => `${symbol} is neither protected nor flagged`),
  ].join('; ')
}

/** Approved means exactly one order, and that one is at the broker, or its end is known; anything else means none. */
function untrueCards(proposals: readonly ProposalView[], orders: readonly OrderView[], alpaca: AlpacaEmulator): readonly string[] {
  const atBroker = new Set(alpaca.orders().map(({ clientOrderId }) => clientOrderId))
  return proposals.flatMap(({ id, status }) => {
    const entries = orders.filter((order) => order.role === 'entry' && order.proposal_id === id)
    if (status !== 'approved') return entries.length === 0 ? [] : [`${id} is ${status} and has an order`]
    if (entries.length !== 1) return [`${id} is approved and has ${entries.length} orders`]
    const [entry] = entries
    const known = entry && (atBroker.has(entry.client_order_id) || ['canceled', 'rejected'].includes(entry.status))
    return known ? [] : [`${id} is approved, its order ${entry?.status}, and the broker has none`]
  })
}

/** Everything that has to be so a little after a start, whatever happened before. @param symbol what the round traded */
export async function wrongAfterStart(life: PaperLife, person: Person, symbol: string, entriesBefore: number): Promise<readonly string[]> {
  const wrong: string[] = []
  let restless = ''
  const calm = async () => {
    restless = await unrest(life, person)
    return restless === ''
  }
  await eventually('rest', calm, patienceMs).catch((error: unknown) => wrong.push(restless || String(error)))
  const entries = entriesAt(life.alpaca, symbol).length - entriesBefore
  if (entries > 1) wrong.push(`${entries} entries in ${symbol} for one approval`)
  const { body: state } = await person.get<{ trading_state: string; cause: string }>('/api/v1/state')
  if (state.trading_state === 'halted' && /do not agree/.test(state.cause)) wrong.push(`halted by itself: ${state.cause}`)
  return [...wrong, ...untrueCards(await person.proposals(), await everyOrder(person), life.alpaca)]
}

/** Ready for the next round: nothing held, nothing at work, trading is active. */
export async function tidyUp({ alpaca }: PaperLife, person: Person): Promise<void> {
  alpaca.conduct.fills = 'auto'
  const { body } = await person.get<{ trading_state: string }>('/api/v1/state')
  if (body.trading_state !== 'active') await person.post('/api/v1/resume', { reason: 'the drill goes on' })
  await person.post('/api/v1/positions/close-all')
  const flat = async () => (await person.openPositions()).length === 0 && alpaca.book.positions.size === 0
  await eventually('flat before the next round', flat, patienceMs)
}

/** A position that the bot bought and guards. */
export async function buy(person: Person, symbol: string): Promise<PositionView> {
  await person.approve(await card(person, symbol))
  return person.protectedPosition(symbol)
}

let stories = 0
export async function card(person: Person, symbol: string): Promise<ProposalView> {
  const id = `story-${++stories}`
  await person.alert(id, symbol)
  return person.proposalOf(id)
}
