import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { wrongInBooks } from '../support/books.ts'
import { type BotHome, eventually, plainBroker, removeHome, roomyLimits } from '../support/bot.ts'
import type { CrashBotOrders } from '../support/crash-bot.ts'
import { type CrashChild, startCrashBot } from '../support/crash-child.ts'
import { createTemplate, type HomeTemplate } from '../support/homes.ts'
import { watchOutput } from '../support/leaks.ts'
import { type Moment, momentName } from '../support/moments.ts'
import { freePort } from '../support/newcomer.ts'
import { type Person, personAt } from '../support/person.ts'
import { startWitness, type Witness } from '../support/witness.ts'

const settings = {
  ...plainBroker,
  risk: { ...roomyLimits, duplicate_order: { seconds: 0 } },
  leader: { heartbeat_seconds: 0.2, takeover_seconds: 1.5, send_within_seconds: 0.5 },
}
const server = process.env['TEST_DATABASE_URL']
const slow = 120_000

/** Everything between a tap and the answer to its order that is written down. */
const freezes: readonly Moment[] = [
  { when: 'before', what: 'OrderSubmitted' },
  { when: 'after', what: 'OrderSubmitted' },
  { when: 'before', what: 'submitEntry' },
  { when: 'after', what: 'submitEntry' },
  { when: 'before', what: 'OrderAccepted' },
  { when: 'before', what: 'submitReducing' },
]

describe.skipIf(!server)(server ? 'two processes, one leader' : 'two processes need a server: set TEST_DATABASE_URL to run this', () => {
  let template: HomeTemplate
  let home: BotHome
  let witness: Witness
  const children: CrashChild[] = []
  beforeAll(async () => {
    template = await createTemplate(settings)
  })
  afterAll(() => template.remove())
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill()
      await child.gone
    }
    await witness.close()
    await removeHome(home)
  })

  const start = (orders: Partial<CrashBotOrders> = {}): CrashChild => {
    const child = startCrashBot({ home, settings, moment: null, lead: true, witness: witness.port, ...orders })
    children.push(child)
    return child
  }
  async function addressOf(child: CrashChild, what: 'url' | 'standby'): Promise<string> {
    const url = await child[what]
    if (url === null) throw new Error(`the process did not start: ${(await child.gone).errors}`)
    return url
  }
  /** One that leads and will be struck, and one that stands by. */
  async function pair(orders: Partial<CrashBotOrders> = {}) {
    home = await template.copy()
    witness = await startWitness()
    const leader = start(orders)
    const person = personAt(await addressOf(leader, 'url'))
    const other = start()
    return { leader, other, person, standby: personAt(await addressOf(other, 'standby')) }
  }
  async function card(person: Person) {
    await person.alert('the-card', template.symbols[0] ?? '')
    return person.proposalOf('the-card')
  }
  const settled = (person: Person) =>
    eventually(
      'every order settled',
      async () => {
        const orders = await person.orders()
        return orders.every(({ status }) => !['ready', 'sending', 'unknown', 'pending_cancel'].includes(status)) && orders
      },
      30_000,
    )
  const twice = () => witness.sent.map((s) => s.clientOrderId).filter((id, i, all) => all.indexOf(id) !== i)

  it(
    'given one that leads, when another starts, then it says who leads to whoever asks, and takes nothing',
    async () => {
      const { leader, other, person, standby } = await pair()
      const ready = await standby.get<{ status: string; missing: string[] }>('/health/ready')
      expect(ready).toMatchObject({ status: 503, body: { status: 'standing by' } })
      expect(ready.body.missing.join()).toContain(`process ${leader.pid}`)
      expect(await standby.get('/health')).toMatchObject({ status: 200, body: { role: 'standby', leader: { pid: leader.pid } } })
      expect(await person.get('/health')).toMatchObject({ status: 200, body: { role: 'leader', status: 'ok' } })
      const refused = await standby.post<{ title: string; detail: string }>('/api/v1/kill')
      expect(refused).toMatchObject({ status: 503, body: { title: 'Standing by' } })
      expect(refused.body.detail).toContain('Ask the leader')
      const [page, metrics] = await Promise.all(['/', '/metrics'].map(async (path) => (await fetch(new URL(path, standby.url))).text()))
      expect(page).toContain('Standing by')
      expect(metrics).toContain('catalyst_leading 0')

      await leader.end()
      const after = personAt(await addressOf(other, 'url'))
      expect(new URL(after.url).pathname).toBe('/')
      expect(await after.get('/health')).toMatchObject({ body: { role: 'leader', status: 'ok' } })
      expect(await (await fetch(new URL('/metrics', after.url))).text()).toContain('catalyst_leading 1')
    },
    slow,
  )

  it(
    'given both on one port, when the leader freezes, then the other trades, and has the port once the first is gone',
    async () => {
      home = await template.copy()
      witness = await startWitness()
      const leader = start()
      const url = await addressOf(leader, 'url')
      const port = Number(new URL(url).port)
      const other = start({ port })
      await eventually('the other one waits for the lock', async () => (await fetch(new URL('/health', url))).ok)
      leader.freeze()
      expect(await addressOf(other, 'url')).toBe(url)
      leader.thaw()
      expect(await leader.gone).toMatchObject({ signal: null, code: 1 })
      await eventually('the port changed hands', async () =>
        fetch(new URL('/health', url)).then(
          (answer) => answer.ok,
          () => false,
        ),
      )
    },
    slow,
  )

  it(
    'given the program as it is installed, when its hold on the lead is gone, then it ends with 1 and says why',
    async () => {
      home = await template.copy()
      witness = await startWitness()
      const { PATH = '' } = process.env
      const env = { PATH, HOME: home.folder, DATABASE_URL: home.databaseUrl ?? '', PORT: String(await freePort()), LOG_FORMAT: 'json' }
      const program = spawn(process.execPath, [join(import.meta.dirname, '../../bin/catalyst.js'), 'start'], { cwd: home.folder, env })
      watchOutput(program)
      let said = ''
      for (const stream of [program.stdout, program.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
      const ended = once(program, 'close')
      await eventually('it leads', async () => said.includes('console: http'), 60_000)
      const sql = postgres(home.databaseUrl ?? '', { max: 1 })
      await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objsubid = 1
        and database = (select oid from pg_database where datname = current_database())`
      await sql.end()
      expect((await ended)[0]).toBe(1)
      expect(said).toContain('this process does not lead any more')
    },
    slow,
  )

  it(
    'given an order that was claimed, when the leader is killed before it leaves, then the other sends it, once',
    async () => {
      const { leader, other, person } = await pair({ moment: { when: 'before', what: 'submitEntry' } })
      const proposal = await card(person)
      await person.approve(proposal).catch(() => null)
      await leader.gone
      const after = personAt(await addressOf(other, 'url'))
      await after.protectedPosition(proposal.symbol)
      expect((await settled(after)).filter((order) => order.role === 'entry')).toHaveLength(1)
      expect(twice()).toEqual([])
      await other.end()
      expect(await wrongInBooks(home)).toEqual([])
    },
    slow,
  )

  it.each(freezes.map((moment) => [momentName(moment), moment] as const))(
    'given a leader that freezes %s, when it thaws after the other took over, then it ends without sending, and there is one order',
    async (_, moment) => {
      const { leader, other, person } = await pair({ moment, strike: 'freeze' })
      const proposal = await card(person)
      const tap = person.approve(proposal).catch(() => null)
      // Without its legs a position gets a stop of its own, which is what reduces.
      if (moment.what === 'submitReducing')
        void person
          .protectedPosition(proposal.symbol)
          .then(({ id }) => person.post(`/api/v1/positions/${id}/close`))
          .catch(() => null)
      await leader.frozen
      const after = personAt(await addressOf(other, 'url'))
      await settled(after)
      const before = witness.sent.length
      leader.thaw()
      expect(await leader.gone).toMatchObject({ signal: null, code: 1 })
      await tap
      expect(witness.sent.slice(before).filter(({ pid }) => pid === leader.pid)).toEqual([])
      expect(twice()).toEqual([])
      const entries = (await settled(after)).filter((order) => order.role === 'entry')
      // The transaction that had not been committed never will be: the card waits for another tap.
      expect(entries).toHaveLength(moment.what === 'OrderSubmitted' && moment.when === 'before' ? 0 : 1)
      await other.end()
      expect(await wrongInBooks(home)).toEqual([])
    },
    slow,
  )
})
