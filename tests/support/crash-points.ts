import postgres from 'postgres'
import type { Strike } from './crash-bot.ts'
import type { Moment } from './moments.ts'
import { buy, card, type PaperLife } from './paper-life.ts'
import type { Person } from './person.ts'

/** What leads up to a point at which the process dies, and who dies there. */
export interface CrashPoint {
  readonly name: string
  readonly needsServer?: boolean
  /** Resolves when the process is gone; throws when the moment never came. @param round 0, 1, 2…: variants take turns */
  drive(life: PaperLife, person: Person, symbol: string, round: number): Promise<void>
  /** Where the process that comes next dies as well, on its way to trading. */
  readonly nextDiesAt?: (round: number) => Moment
  /** The next process lives already. */
  readonly hasHeir?: boolean
}

/** As long as a busy machine may need. */
const deadlineMs = 60_000
const one = <T>(variants: readonly T[], round: number): T => variants[round % variants.length] as T
const before = (what: string): Moment => ({ when: 'before', what })
const amid = (what: string): Moment => ({ when: 'amid', what })
const after = (what: string): Moment => ({ when: 'after', what })

/** A dead process answers nothing: that is what is wanted. */
const unheard = (asked: Promise<unknown>): Promise<void> =>
  asked.then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error
    },
  )

async function died(life: PaperLife, act: () => Promise<unknown>): Promise<void> {
  const { gone } = life.child()
  const acting = unheard(act())
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((done) => {
    timer = setTimeout(done, deadlineMs, null)
  })
  const end = await Promise.race([gone, late])
  clearTimeout(timer)
  if (end === null) throw new Error('the moment never came')
  if (end.signal !== 'SIGKILL') throw new Error(`ended by itself: ${end.errors}`)
  await acting
}

async function dieAt(life: PaperLife, moment: Moment, act: () => Promise<unknown>, strike: Strike = 'die'): Promise<void> {
  await life.child().arm({ moment, strike })
  await died(life, act)
}

/** The process dies when a card is approved. */
const onApproval =
  (...moments: readonly Moment[]): CrashPoint['drive'] =>
  async (life, person, symbol, round) => {
    const offered = await card(person, symbol)
    await dieAt(life, one(moments, round), () => person.approve(offered))
  }

/** The process dies when a position is closed. */
const onClose =
  (moment: Moment): CrashPoint['drive'] =>
  async (life, person, symbol) => {
    const { id } = await buy(person, symbol)
    await dieAt(life, moment, () => person.post(`/api/v1/positions/${id}/close`))
  }

/** These take turns. */
const inTurn =
  (...drives: readonly CrashPoint['drive'][]): CrashPoint['drive'] =>
  (life, person, symbol, round) =>
    one(drives, round)(life, person, symbol, Math.floor(round / drives.length))

/** The process dies on the wire, between the bot and the broker. */
const onTheWay =
  (where: 'request' | 'answer'): CrashPoint['drive'] =>
  async (life, person, symbol) => {
    const offered = await card(person, symbol)
    const child = life.child()
    life.toll.strike('POST', where, () => child.kill())
    await died(life, () => person.approve(offered))
  }

/** An entry rests at the broker, and a person stops everything. */
const onKill =
  (moment: Moment): CrashPoint['drive'] =>
  async (life, person, symbol) => {
    life.alpaca.conduct.fills = 'manual'
    await person.approve(await card(person, symbol))
    await life.alpaca.until(() => life.alpaca.orders(symbol).some(({ status }) => status === 'new'))
    await dieAt(life, moment, () => person.post('/api/v1/kill'))
  }

const onFlatten: CrashPoint['drive'] = async (life, person, symbol) => {
  await buy(person, symbol)
  await dieAt(life, after('submitReducing'), () => person.post('/api/v1/kill', { flatten: true }))
}

const moved = async (life: PaperLife, person: Person, symbol: string) => {
  const position = await buy(person, symbol)
  life.quote(symbol, 101)
  return () => person.post('/api/v1/buttons', { id: `move-stop:${position.id}`, values: { stop: '98' } })
}

const onReplace: CrashPoint['drive'] = async (life, person, symbol) => dieAt(life, after('replace'), await moved(life, person, symbol))

const onReplaceAnswer: CrashPoint['drive'] = async (life, person, symbol) => {
  const move = await moved(life, person, symbol)
  const child = life.child()
  life.toll.strike('PATCH', 'answer', () => child.kill())
  await died(life, move)
}

/** The leader freezes with an order in its hands; another takes over; then it wakes up. */
const onFreeze: CrashPoint['drive'] = async (life, person, symbol, round) => {
  const old = life.child()
  const offered = await card(person, symbol)
  const heir = life.spawn()
  await heir.standby
  await old.arm({ moment: one([before('submitEntry'), after('submitEntry'), before('OrderAccepted')], round), strike: 'freeze' })
  const asked = unheard(person.approve(offered))
  await old.frozen
  const url = await heir.url
  if (url === null) throw new Error(`nobody took over: ${(await heir.gone).errors}`)
  life.take(heir, url)
  old.thaw()
  const { code, errors } = await old.gone
  await asked
  if (code !== 1) throw new Error(`a leader that thawed ended with ${code}: ${errors}`)
}

/** The server ends every connection while a transaction is about to commit; whatever the process does then, it is killed a little later. */
const onLostDatabase: CrashPoint['drive'] = async (life, person, symbol, round) => {
  const { databaseUrl } = life.home
  const moments = [before('OrderAccepted'), before('OrderFilled'), before('ProposalApproved')]
  // The embedded database goes with its process.
  if (databaseUrl === null) return onApproval(...moments)(life, person, symbol, round)
  const offered = await card(person, symbol)
  const child = life.child()
  await child.arm({ moment: one(moments, round), strike: 'stumble' })
  const asked = unheard(person.approve(offered))
  await child.stumbled
  const sql = postgres(databaseUrl, { max: 1 })
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
  await sql.end()
  const late = setTimeout(() => child.kill(), 500 + Math.random() * 1_500)
  await child.gone
  clearTimeout(late)
  await asked
}

export const crashPoints: readonly CrashPoint[] = [
  { name: '1 before the approval commits', drive: onApproval(before('ProposalApproved')) },
  { name: '2 approval, or close, stored', drive: inTurn(onApproval(after('OrderPrepared')), onClose(after('OrderPrepared'))) },
  { name: '3 claimed, no socket yet', drive: inTurn(onApproval(before('submitEntry')), onClose(before('submitReducing'))) },
  { name: '4 request half sent', drive: onTheWay('request') },
  { name: '5 accepted, answer lost', drive: onTheWay('answer') },
  { name: '6 answer read, not committed', drive: onApproval(after('submitEntry'), before('OrderAccepted')) },
  { name: '7 parent written, legs not', drive: onApproval(amid('OrderAdopted')) },
  { name: '8 fill received, not committed', drive: onApproval(before('OrderFilled')) },
  { name: '9 committed, chat not told', drive: onApproval(before('deliver'), after('PositionOpened')) },
  { name: '10 kill: halted', drive: onKill(after('TradingHalted')) },
  { name: '10 kill: canceled', drive: onKill(after('cancel')) },
  { name: '10 kill: flatten sent', drive: onFlatten },
  {
    name: '11 in the middle of reconciling',
    drive: inTurn(onTheWay('answer'), onApproval(before('OrderFilled'))),
    nextDiesAt: (round) => one(['openOrders', 'ordersSince', 'activitiesSince', 'positions'].map(after), round),
  },
  { name: '12 frozen leader, thawed late', drive: onFreeze, needsServer: true, hasHeir: true },
  { name: '13 replaced, new id unsaved', drive: inTurn(onReplace, onReplaceAnswer) },
  { name: '14 database gone in mid-commit', drive: onLostDatabase },
]
