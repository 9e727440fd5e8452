import { describe, expect, it } from 'vitest'
import type { ProposalView } from '../../src/app/views.ts'
import { wrongInBooks } from '../support/books.ts'
import { eventually, plainBroker, removeHome, roomyLimits } from '../support/bot.ts'
import type { CrashBotOrders } from '../support/crash-bot.ts'
import { type CrashChild, startCrashBot } from '../support/crash-child.ts'
import { createTemplate } from '../support/homes.ts'
import { type Person, personAt, type Reply } from '../support/person.ts'
import { platformFaults as faults } from '../support/platform-faults.ts'
import { copiesOf, discordPeople, type Platforms, slackPeople, startPlatforms, words } from '../support/three-chats.ts'

const soak = process.env['CATALYST_SOAK'] !== undefined
const minutes = soak ? 10 : 1
const proposalsWanted = soak ? 550 : 55
/** Mean real ms between two faults. */
const faultEveryMs = 1_500
const killEveryMs = soak ? 25_000 : 15_000
/** The last life is a long one where there is time: long enough to see whether its memory grows. */
const killsEndAfter = soak ? 0.5 : 1
const memoryEveryMs = 10_000

/** Enough companies and money that no two trades get into each other's way. */
const calm = {
  ...plainBroker,
  simulation: { ...plainBroker.simulation, symbols: 600, cash: '100000000' },
  risk: { ...roomyLimits, duplicate_order: { seconds: 0 }, cooldown_after_stop: { minutes: 0 } },
  approvals: { max_open_proposals: 500 },
}

const one = <T>(choices: readonly T[]): T => choices[Math.floor(Math.random() * choices.length)] as T
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** Alerts until there are as many as wanted; one that was not answered is sent again under its id, as wires do. */
async function wire(at: () => Person, symbols: readonly string[], over: () => boolean): Promise<number> {
  let sent = 0
  const everyMs = (minutes * 60_000) / proposalsWanted
  while (!over() && sent < proposalsWanted) {
    const symbol = symbols[sent % symbols.length] ?? ''
    await eventually(
      'the alert stored',
      async () =>
        (await at()
          .alert(`chaos-${sent}`, symbol)
          .catch(() => null)) !== null,
      60_000,
    )
    sent += 1
    await pause(everyMs * 0.8)
  }
  return sent
}

/** A dead bot acknowledges nothing: Slack shows a warning sign, and the person taps again. */
const unanswered = (error: unknown): void => {
  if (!/was not acknowledged in time/.test(String(error))) throw error
}

/** People on both platforms who press what they see. A platform that is down shows them an error; they go on. */
async function crowd({ discord, slack }: Platforms, over: () => boolean): Promise<void> {
  while (!over()) {
    try {
      const verb = Math.random() < 0.6 ? 'approve:' : 'decline:'
      if (Math.random() < 0.5) {
        const message = one(discord.messages().slice(-30))
        const id = new RegExp(`"(${verb}[^"]+)"`).exec(words(message?.components ?? []))?.[1]
        if (message && id) discord.user(one(discordPeople), 'Dee').tap(message.id, id)
      } else {
        const message = one(slack.messages().slice(-30))
        const id = new RegExp(`"(${verb}[^"]+)"`).exec(words(message?.blocks ?? []))?.[1]
        if (message && id) slack.user(one(slackPeople)).press(message.ts, id).catch(unanswered)
      }
    } catch (error) {
      // The card changed between the look and the tap.
      if (!/sees no|there is no/.test(String(error))) throw error
    }
    await pause(150 + Math.random() * 300)
  }
}

/** One life after another in the same home, each ended by kill -9 but the last. */
function lives(orders: CrashBotOrders) {
  let child: CrashChild = startCrashBot(orders)
  let url = ''
  let errors = ''
  const begin = async (): Promise<void> => {
    url = (await child.url) ?? ''
    if (url === '') throw new Error(`the bot did not start: ${(await child.gone).errors}`)
  }
  return {
    begin,
    person: () => personAt(url),
    async killAndRestart() {
      child.kill()
      errors += (await child.gone).errors
      child = startCrashBot(orders)
      await begin()
    },
    async end() {
      await child.end()
      errors += (await child.gone).errors
      return errors
    },
  }
}

const residentMegabytes = async (person: Person): Promise<number> => {
  const metrics = await fetch(new URL('/metrics', person.url)).then((answer) => answer.text())
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 1_048_576
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** How much more the last third of a life takes than its second: in the first it still warms up. */
function growth(memory: readonly number[]): number {
  const third = Math.floor(memory.length / 3)
  return mean(memory.slice(-third)) / mean(memory.slice(third, 2 * third))
}

/** Everything that a list holds, page by page. */
async function everything<T>(person: Person, path: string): Promise<readonly T[]> {
  const all: T[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body }: Reply<{ items: T[]; next: string | null }> = await person.get(
      `${path}?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    all.push(...body.items)
    cursor = body.next
  }
  return all
}

const allProposals = (person: Person) => everything<ProposalView>(person, '/api/v1/proposals')

/** What is wrong with the copies of one card, in words. */
function wrongCopies(platforms: Platforms, proposal: ProposalView): readonly string[] {
  const { discord, slack } = copiesOf(platforms, proposal.id)
  const ended = proposal.status !== 'pending' && proposal.status !== 'armed'
  const lying = [...discord, ...slack].filter((copy) => ended && words(copy).includes(`approve:${proposal.id}`))
  return [
    ...(discord.length === 1 ? [] : [`${proposal.id} (${proposal.status}) stands ${discord.length} times on Discord`]),
    ...(slack.length === 1 ? [] : [`${proposal.id} (${proposal.status}) stands ${slack.length} times on Slack`]),
    ...(lying.length === 0 ? [] : [`${proposal.id} is ${proposal.status} and can still be approved on ${lying.length} cards`]),
  ]
}

describe('chaos', () => {
  it(
    `given ${minutes} minutes of faults and kills on both platforms, then no alert is lost, none is posted twice, and no card is left lying`,
    async () => {
      const platforms = await startPlatforms()
      const settings = { ...calm, people: platforms.people }
      const template = await createTemplate(settings)
      const home = await template.copy()
      const bot = lives({ home, settings, moment: null, lead: true, variables: platforms.environment })
      await bot.begin()
      const end = Date.now() + minutes * 60_000
      const over = () => Date.now() > end
      const toll = new Map<string, number>()
      const count = (name: string) => toll.set(name, (toll.get(name) ?? 0) + 1)
      const memory: number[] = []

      const breaking = repeat(
        over,
        () => Math.random() * 2 * faultEveryMs,
        async () => {
          const name = one(Object.keys(faults))
          faults[name]?.(platforms)
          count(name)
        },
      )
      const killsOver = () => Date.now() > end - (1 - killsEndAfter) * minutes * 60_000
      const killing = repeat(
        killsOver,
        () => killEveryMs,
        async () => {
          await bot.killAndRestart()
          count('kill -9')
        },
      )
      const weighing = killing.then(() =>
        repeat(
          over,
          () => memoryEveryMs,
          async () => void memory.push(await residentMegabytes(bot.person())),
        ),
      )
      const [sent] = await Promise.all([wire(bot.person, template.symbols, over), crowd(platforms, over), breaking, weighing])
      platforms.discord.faults.clear()
      platforms.slack.faults.clear()

      const wrong = await settled(bot.person(), platforms)
      const proposals = await allProposals(bot.person())
      const alerts = await everything<object>(bot.person(), '/api/v1/alerts')
      const errors = await bot.end()
      report({ sent, proposals, toll, memory, platforms, wrong })
      const wrongBooks = await wrongInBooks(home)
      await Promise.all([removeHome(home), template.remove(), platforms.close()])

      expect(wrong).toEqual([])
      expect(wrongBooks).toEqual([])
      expect(alerts).toHaveLength(sent)
      expect(errors).not.toMatch(/unhandled|uncaught/i)
      expect(platforms.discord.validation.invalid).toEqual([])
      expect(platforms.slack.workspace.violations).toEqual([])
      if (soak) expect(growth(memory)).toBeLessThan(1.1)
    },
    (minutes + 6) * 60_000,
  )
})

async function repeat(over: () => boolean, waitMs: () => number, work: () => Promise<void>): Promise<void> {
  for (;;) {
    await pause(waitMs())
    if (over()) return
    await work()
  }
}

/** Waits until every copy tells the truth. @returns what still does not after a while. */
async function settled(person: Person, platforms: Platforms): Promise<readonly string[]> {
  const look = async () => (await allProposals(person)).flatMap((proposal) => wrongCopies(platforms, proposal))
  await eventually('every card tells the truth', async () => (await look()).length === 0, soak ? 180_000 : 90_000).catch(() => null)
  return look()
}

interface Report {
  readonly sent: number
  readonly proposals: readonly ProposalView[]
  readonly toll: ReadonlyMap<string, number>
  readonly memory: readonly number[]
  readonly platforms: Platforms
  readonly wrong: readonly string[]
}
function report({ sent, proposals, toll, memory, platforms: { discord, slack }, wrong }: Report): void {
  const statuses = [...new Set(proposals.map(({ status }) => status))]
  const by = statuses.map((status) => `${proposals.filter((proposal) => proposal.status === status).length} ${status}`)
  console.info(
    [
      `${sent} alerts, ${proposals.length} proposals: ${by.join(', ')}`,
      ...[...toll].sort().map(([name, times]) => `${name.padEnd(40)}${String(times).padStart(6)}`),
      ...(soak
        ? [
            `memory of the last life, MB: ${memory.map((mb) => mb.toFixed(0)).join(', ')}: last third / second third ${growth(memory).toFixed(2)}`,
          ]
        : []),
      `taps that found nobody there: Slack ${slack.socket.undelivered}`,
      `requests checked: Discord ${discord.validation.checked}, Slack ${slack.workspace.checked}; cards wrong: ${wrong.length}`,
    ].join('\n'),
  )
}
