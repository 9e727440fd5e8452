import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventStore } from '../../src/ports/event-store.ts'
import type { ReadModel } from '../../src/ports/read-model.ts'
import { eventually, roomyLimits } from '../support/bot.ts'
import { personAt } from '../support/person.ts'
import { copiesOf, discordPeople, slackPeople, startThreeChats, type ThreeChats, words } from '../support/three-chats.ts'

/** Real ms; none once everything was seen. */
let slowMs = 300
const later = () => new Promise((done) => setTimeout(done, slowMs))

/** Every question to the database is answered this much later. */
const slowRead = (read: ReadModel): ReadModel =>
  new Proxy(read, {
    get(target, name, self) {
      const found: unknown = Reflect.get(target, name, self)
      return typeof found === 'function' ? (...given: unknown[]) => later().then(() => found.apply(target, given)) : found
    },
  })
const slowStore = (store: EventStore): EventStore => ({
  ...store,
  transact: async (meta, work) => {
    await later()
    return store.transact(meta, work)
  },
})

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN
const figures = (name: string, values: readonly number[]): string =>
  `${name.padEnd(28)} n ${String(values.length).padStart(4)}  p50 ${percentile(values, 0.5).toFixed(0).padStart(5)} ms  p99 ${percentile(values, 0.99).toFixed(0).padStart(5)} ms`

describe('acknowledging', () => {
  let world: ThreeChats
  beforeAll(async () => {
    world = await startThreeChats({
      settings: {
        simulation: { symbols: 400, catalysts_per_hour: 0, stale_quote_rate: 0 },
        approvals: { max_open_proposals: 500 },
        risk: roomyLimits,
      },
      bot: { wrap: { read: slowRead, store: slowStore } },
    })
  })
  afterAll(() => {
    slowMs = 0
    return world.stop()
  })

  it('given a slow database and 200 alerts that are being posted, when people tap and type, then each is acknowledged first and answered afterwards', async () => {
    const { bot, discord, slack } = world
    const person = personAt(bot.url)
    const symbols = (await bot.bot.app.market.securities()).map(({ symbol }) => symbol)
    await person.alert('first', symbols[0] ?? '')
    const proposal = await person.proposalOf('first')
    const [onDiscord, onSlack] = await eventually('the first card on both platforms', async () => {
      const copies = copiesOf(world, proposal.id)
      return copies.discord[0] && copies.slack[0] ? ([copies.discord[0], copies.slack[0]] as const) : null
    })
    const alerts = Promise.all(symbols.slice(1, 201).map((symbol, i) => person.alert(`many-${i}`, symbol)))

    const [taps, typed, modals, onSlackAcks]: [number[], number[], number[], number[]] = [[], [], [], []]
    const edit = new RegExp(`"(edit:${proposal.id}:[^"]+)"`).exec(words(onDiscord.components))?.[1]
    for (let round = 0; round < 20; round += 1) {
      const dee = discord.user(discordPeople[round % 10] ?? '', 'Dee')
      const sam = slack.user(slackPeople[round % 10] ?? '')
      const asked = {
        tap: dee.choose(onDiscord.id, menuOf(onDiscord), `why:${proposal.id}`),
        typed: dee.command('positions'),
        modal: edit === undefined ? null : dee.choose(onDiscord.id, menuOf(onDiscord), edit),
        slack: [sam.command('/positions'), sam.overflow(onSlack.ts, `why:${proposal.id}`)],
      }
      const ackOf = async (doing: { taken(): Promise<{ afterMs: number } | null> }) =>
        (await doing.taken())?.afterMs ?? Number.POSITIVE_INFINITY
      taps.push(await ackOf(asked.tap))
      typed.push(await ackOf(asked.typed))
      if (asked.modal) modals.push(await ackOf(asked.modal))
      onSlackAcks.push(...(await Promise.all(asked.slack)).map(({ afterMs }) => afterMs))
      // The work comes after: the answer is there in the end.
      if (round === 0) expect(words(await asked.typed.answer())).toContain('No open position')
    }
    await alerts
    console.info(
      [
        figures('Discord tap', taps),
        figures('Discord command', typed),
        figures('Discord modal', modals),
        figures('Slack, all', onSlackAcks),
      ].join('\n'),
    )
    expect([...taps, ...typed, ...modals, ...onSlackAcks].every(Number.isFinite)).toBe(true)
  }, 240_000)
})

/** The id of the menu on a card. */
const menuOf = (message: object): string => /"(menu:[^"]+)"/.exec(words(message))?.[1] ?? ''
