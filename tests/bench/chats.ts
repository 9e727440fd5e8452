import type { Broker } from '../../src/ports/broker.ts'
import { eventually } from '../support/bot.ts'
import { copiesOf, startThreeChats, type ThreeChats } from '../support/three-chats.ts'
import { type Bench, line } from './support/measure.ts'
import { offer, settings, symbols } from './support/world.ts'

const perRound = 12

interface Platform {
  readonly name: string
  /** Presses Approve on the card of a proposal. @returns milliseconds to the acknowledgement. */
  approve(proposalId: string, buttonId: string): Promise<number>
  kill(): Promise<number>
}

/** Through the real clients: from the moment somebody taps to the acknowledgement, to the order, and from /kill to the last cancel. */
export const bench: Bench = {
  eachDatabase: true,
  async run({ quick }) {
    const canceled: number[] = []
    const watched = (broker: Broker): Broker => ({
      ...broker,
      cancel: (id) => {
        canceled.push(performance.now())
        return broker.cancel(id)
      },
    })
    const rounds = quick ? 2 : 6
    // Slow time and a slow broker: what is accepted rests until it is canceled.
    const base = settings({ symbols: 2 * rounds * perRound + 40, latency_ms: 60_000, speed: 0.1 })
    const world = await startThreeChats({
      settings: { ...base, approvals: { ...base.approvals, actions_per_minute: 600 } },
      bot: { wrap: { broker: watched } },
    })
    const accepted = new Map<string, number>()
    world.bot.bot.app.store.onCommitted((events) => {
      for (const e of events) if (e.event.type === 'OrderAccepted') accepted.set(e.streamId, performance.now())
    })
    const all = await symbols(world.bot)
    const lines = []
    for (const [p, platform] of platformsOf(world).entries()) {
      const [acks, orders, kills]: [number[], number[], number[]] = [[], [], []]
      for (let round = 0; round < rounds; round += 1) {
        const from = (p * rounds + round) * perRound
        const proposals = await offer(world.bot, all.slice(from, from + perRound), `chats-${p}-${round}`)
        for (const { id, terms } of proposals) {
          await eventually(
            'the card there',
            async () => copiesOf(world, id).discord.length > 0 && copiesOf(world, id).slack.length > 0,
            60_000,
          )
          const tapped = performance.now()
          acks.push(await platform.approve(id, `approve:${id}:${terms.version}`))
          orders.push((await eventually('the order', async () => accepted.get(`${id}-v${terms.version}`))) - tapped)
        }
        canceled.length = 0
        const killed = performance.now()
        await platform.kill()
        await eventually('every entry canceled', async () => canceled.length >= proposals.length)
        kills.push((canceled.at(-1) ?? Number.NaN) - killed)
        await eventually(
          'trading goes on',
          async () => (await world.bot.post('/api/v1/resume', { reason: 'the next round' })).status === 200,
        )
      }
      lines.push(
        line(`${platform.name}: tap to acknowledgement`, acks, 'ms', { of: 'p99', below: 500 }),
        line(`${platform.name}: tap to order accepted`, orders, 'ms'),
        line(`${platform.name}: /kill to the last of ${perRound} cancels`, kills, 'ms', { of: 'p99', below: 1_000 }),
      )
    }
    await world.stop()
    return lines
  },
}

function platformsOf(world: ThreeChats): readonly Platform[] {
  const { discord, slack } = world
  const dee = discord.user('2001', 'Dee')
  const sam = slack.user('U1', 'sam')
  const taken = async (doing: ReturnType<typeof dee.command>) => (await doing.taken())?.afterMs ?? Number.NaN
  return [
    {
      name: 'Discord',
      approve: (id, button) => taken(dee.tap(copiesOf(world, id).discord[0]?.id ?? '', button)),
      kill: () => taken(dee.command('kill')),
    },
    {
      name: 'Slack',
      approve: async (id, button) => (await sam.press(copiesOf(world, id).slack[0]?.ts ?? '', button)).afterMs,
      kill: async () => (await sam.command('/kill')).afterMs,
    },
  ]
}
