import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wrongInBooks } from '../support/books.ts'
import { type BotHome, eventually, plainBroker, removeHome, roomyLimits, startTestBot, type TestBot } from '../support/bot.ts'
import { startCrashBot } from '../support/crash-child.ts'
import { createTemplate, type HomeTemplate } from '../support/homes.ts'
import { everyMoment, type Moment, momentName } from '../support/moments.ts'
import { type ApprovalReply, type Person, personAt } from '../support/person.ts'

const soak = process.env['CATALYST_SOAK'] !== undefined
const randomRounds = soak ? 200 : 10
/** In a short run a different eighth of the moments each time; all of them in a soak. */
const shareOfMoments = soak ? 1 : 1 / 8
const lanes = 2
const patient = soak ? 3_600_000 : 300_000

/** Time runs five times as fast, and some entries fill in parts. */
const settings = {
  simulation: { ...plainBroker.simulation, speed: 5, partial_fill_rate: 0.3 },
  risk: {
    ...roomyLimits,
    duplicate_order: { seconds: 0 },
    cooldown_after_stop: { minutes: 0 },
  },
}

interface Round {
  readonly what: string
  readonly wrong: readonly string[]
}

/** A person at work: everything that the loop can do, one after the other. Ends at once when the bot dies. */
async function workAt(person: Person, symbols: readonly string[]): Promise<void> {
  const symbol = (i: number): string => symbols[i] ?? ''
  for (const i of [0, 1, 2, 3]) await person.alert(`work-${i}`, symbol(i))
  const [first, second, third] = await Promise.all([0, 1, 2].map((i) => person.proposalOf(`work-${i}`)))
  if (!first || !second || !third) return
  await Promise.all([person.approve(first), person.post(`/api/v1/proposals/${third.id}/decline`), person.approve(second)])
  const held = await person.protectedPosition(first.symbol)
  await person.post(`/api/v1/positions/${held.id}/close`)
  await eventually('the position closed', async () => !(await person.openPositions()).some(({ id }) => id === held.id), 30_000)
  await person.post('/api/v1/kill')
  await person.post('/api/v1/resume', { reason: 'the drill goes on' })
  await person.alert('work-4', symbol(4))
  await person.approve(await person.proposalOf('work-4'))
  await person.protectedPosition(symbol(4))
}

/** Anything at any time. */
async function playAt(person: Person, symbols: readonly string[], stop: () => boolean): Promise<void> {
  for (let i = 0; !stop(); i++) {
    const dice = Math.random()
    const open = (await person.proposals()).filter(({ status }) => status === 'pending')
    const one = open[Math.floor(Math.random() * open.length)]
    const position = (await person.openPositions())[0]
    if (dice < 0.35 || !one) await person.alert(`play-${i}`, symbols[Math.floor(Math.random() * 12)] ?? '')
    else if (dice < 0.75) await Promise.all([person.approve(one), person.approve(one)])
    else if (dice < 0.82) await person.post(`/api/v1/proposals/${one.id}/decline`)
    else if (dice < 0.92 && position) await person.post(`/api/v1/positions/${position.id}/close`)
    else if (dice < 0.96) await person.post('/api/v1/kill', { flatten: dice < 0.94 })
    else await person.post('/api/v1/positions/close-all')
    if ((await person.get<{ trading_state: string }>('/api/v1/state')).body.trading_state === 'halted')
      await person.post('/api/v1/resume', { reason: 'goes on' })
    await new Promise((done) => setTimeout(done, Math.random() * 60))
  }
}

/** A dead process answers nothing: that is what the test wants. Anything else is a failure. */
async function untilDeath(work: Promise<void>): Promise<string | null> {
  try {
    await work
    return null
  } catch (error) {
    // A connection that is refused or reset is a TypeError, an answer that was cut short a SyntaxError.
    return error instanceof TypeError || error instanceof SyntaxError ? null : String(error)
  }
}

const unsettled = ['ready', 'sending', 'unknown', 'pending_cancel']

/** What has to be so a little after the start, whatever happened before. */
async function wrongAfterRestart(bot: TestBot, person: Person, symbols: readonly string[]): Promise<readonly string[]> {
  const wrong: string[] = []
  const state = (await person.get<{ trading_state: string; cause: string }>('/api/v1/state')).body
  if (state.trading_state === 'halted') {
    if (state.cause.includes('do not agree')) wrong.push(`halted by itself: ${state.cause}`)
    await eventually('no entry at work after a kill', async () =>
      (await bot.bot.app.broker.openOrders()).every(
        (o) => o.legRole !== null || o.status === 'held' || !o.ticket.bracket || o.ticket.side === 'sell',
      ),
    )
    wrong.push(...(await person.proposals()).filter((p) => p.status === 'pending').map((p) => `${p.id} is pending in a halt`))
    await person.post('/api/v1/resume', { reason: 'after the crash' })
  }
  const { id, answer } = await approveAtLast(person, symbols[20] ?? '')
  if (answer.status !== 200) wrong.push(`approving ${id} after the restart: ${answer.status} ${answer.body.detail}`)
  await eventually(
    'every order settled and every position guarded',
    async () => {
      const working = await bot.bot.app.read.workingOrders()
      const positions = await bot.bot.app.read.openPositions()
      const guarded = positions.every(
        (p) =>
          p.unprotected ||
          working.some(
            (o) => o.symbol === p.symbol && ['stop', 'close'].includes(o.role) && ['accepted', 'partially_filled'].includes(o.status),
          ),
      )
      return guarded && !working.some((o) => unsettled.includes(o.status) || (o.role === 'entry' && o.status !== 'accepted'))
    },
    45_000,
  ).catch(async (error: unknown) => {
    const orders = (await bot.bot.app.read.workingOrders()).map((o) => `${o.id} ${o.role} ${o.status}`)
    wrong.push(`${error instanceof Error ? error.message : error}: ${orders.join(', ')}`)
  })
  return wrong
}

/** One that the crash left behind, or else a new one. What is held already may have risen over its limit meanwhile. */
async function cardToDecide(person: Person, symbol: string) {
  const look = async () => {
    const held = new Set((await person.openPositions()).map((position) => position.symbol))
    return (await person.proposals()).find((card) => card.status === 'pending' && !held.has(card.symbol))
  }
  const left = await look()
  if (left) return left
  await person.alert(`after-${Date.now()}`, symbol)
  return eventually('a card after the restart', look)
}

/** A price that moved away asks again, and a story that the crash left unjudged supersedes the card of its symbol: the newer card is as good. */
async function approveAtLast(person: Person, symbol: string, tries = 3): Promise<{ readonly id: string; readonly answer: ApprovalReply }> {
  const { id, version } = await cardToDecide(person, symbol)
  const answer = await person.approve({ id, version })
  const after = answer.body.proposal?.status
  const goesOn = answer.status === 409 && (after === 'pending' || after === 'superseded')
  return goesOn && tries > 1 ? approveAtLast(person, symbol, tries - 1) : { id, answer }
}

async function restartAndCheck(home: BotHome, symbols: readonly string[]): Promise<readonly string[]> {
  const bot = await startTestBot({ home, settings })
  let wrong: readonly string[]
  try {
    wrong = await wrongAfterRestart(bot, personAt(bot.url), symbols)
    const errors = bot.log.filter(({ level }) => level === 'error')
    wrong = [...wrong, ...errors.map(({ message }) => `an error in the log: ${message}`)]
  } finally {
    await bot.stop({ keep: true })
  }
  return [...wrong, ...(await wrongInBooks(home))]
}

describe('kill -9', () => {
  let template: HomeTemplate
  beforeAll(async () => {
    template = await createTemplate(settings)
  })
  afterAll(() => template.remove())

  async function inHome(what: string, crash: (home: BotHome) => Promise<string | null>): Promise<Round> {
    const home = await template.copy()
    try {
      const failed = await crash(home)
      return { what, wrong: [...(failed === null ? [] : [failed]), ...(await restartAndCheck(home, template.symbols))] }
    } catch (error) {
      return { what, wrong: [error instanceof Error ? error.message : String(error)] }
    } finally {
      await removeHome(home)
    }
  }

  const crashAtMoment = (moment: Moment) =>
    inHome(momentName(moment), async (home) => {
      const child = startCrashBot({ home, settings, moment, lead: true })
      const url = await child.url
      const failed = url === null ? null : await untilDeath(workAt(personAt(url), template.symbols))
      // A message is delivered a little after the fact.
      const late = setTimeout(() => child.kill(), 5_000)
      const before = Date.now()
      const { signal, errors } = await child.gone
      clearTimeout(late)
      if (signal !== 'SIGKILL') return `ended by itself: ${errors}`
      return Date.now() - before >= 5_000 ? `the moment never came${failed === null ? '' : `: ${failed}`}` : null
    })

  const crashAtRandom = (round: number) =>
    inHome('at random', async (home) => {
      // Several lives on one home: recovery is killed too.
      for (let life = 0; life <= round % 2; life++) {
        const child = startCrashBot({ home, settings, moment: null, lead: true })
        const url = await child.url
        if (url === null) return `did not start: ${(await child.gone).errors}`
        let over = false
        const playing = untilDeath(playAt(personAt(url), template.symbols, () => over))
        await new Promise((done) => setTimeout(done, 300 + Math.random() * 3_000))
        child.kill()
        over = true
        const failed = await playing
        await child.gone
        if (failed !== null) return failed
      }
      return null
    })

  async function inLanes(jobs: (() => Promise<Round>)[]): Promise<readonly Round[]> {
    const rounds: Round[] = []
    const lane = async () => {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        const round = await job()
        rounds.push(round)
        // At once: a soak takes an hour, and what is wrong is wanted now.
        if (round.wrong.length > 0) console.error(`${round.what}: ${round.wrong.join('; ')}`)
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    return rounds
  }

  it(
    'given a bot that is killed at a named moment of the loop, when it starts again, then nothing is lost and nothing happens twice',
    async () => {
      const chosen = everyMoment.map((moment) => ({ moment, draw: Math.random() })).sort((a, b) => a.draw - b.draw)
      const moments = chosen.slice(0, Math.ceil(everyMoment.length * shareOfMoments)).map(({ moment }) => moment)
      const rounds = await inLanes(moments.map((moment) => () => crashAtMoment(moment)))
      report(
        `killed at ${moments.length} of ${everyMoment.length} named moments${soak ? '' : ', drawn anew each time; npm run soak takes all'}`,
        rounds,
      )
      expect(rounds.filter(({ wrong }) => wrong.length > 0)).toEqual([])
    },
    patient,
  )

  it(
    'given a bot that is killed at random again and again, when it starts again, then nothing is lost and nothing happens twice',
    async () => {
      const rounds = await inLanes(Array.from({ length: randomRounds }, (_, round) => () => crashAtRandom(round)))
      report('killed at random', rounds)
      expect(rounds.filter(({ wrong }) => wrong.length > 0)).toEqual([])
    },
    patient,
  )
})

function report(title: string, rounds: readonly Round[]): void {
  const names = [...new Set(rounds.map(({ what }) => what))].sort()
  const lines = names.map((name) => {
    const mine = rounds.filter(({ what }) => what === name)
    return `${name.padEnd(30)}${String(mine.length).padStart(7)}${String(mine.reduce((sum, r) => sum + r.wrong.length, 0)).padStart(12)}`
  })
  const all = rounds.reduce((sum, r) => sum + r.wrong.length, 0)
  const head = `${'moment'.padEnd(30)} rounds  violations`
  console.info([title, head, ...lines, `${'all'.padEnd(30)}${String(rounds.length).padStart(7)}${String(all).padStart(12)}`].join('\n'))
}
