import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandSpecs } from '../../src/app/command.ts'
import type { ProposalView } from '../../src/app/views.ts'
import { eventually, roomyLimits } from '../support/bot.ts'
import { type Person, personAt } from '../support/person.ts'
import { copiesOf, startThreeChats, type ThreeChats, words } from '../support/three-chats.ts'

/** What each command is typed with when it needs something. */
const given = (symbol: string): Readonly<Record<string, Readonly<Record<string, string | number>>>> => ({
  chart: { symbol },
  close: { target: symbol },
  claim: { code: '00000000' },
  mode: { mode: 'supervised' },
  resume: { reason: 'a drill' },
})
/** These change what the walk goes on with; they come last. */
const last = ['flatten', 'close', 'pause', 'kill', 'resume']

async function cardOf(world: ThreeChats, person: Person, id: string, symbol: string): Promise<ProposalView> {
  await person.alert(id, symbol)
  const proposal = await person.proposalOf(id)
  await eventually('the card on both', async () => {
    const copies = copiesOf(world, proposal.id)
    return copies.discord.length > 0 && copies.slack.length > 0
  })
  return proposal
}

const statusOf = async (person: Person, id: string) => (await person.proposals()).find((proposal) => proposal.id === id)?.status
const idIn = (message: object, pattern: string): string => {
  const found = new RegExp(`"(${pattern}[^"]*)"`).exec(words(message))?.[1]
  if (!found) throw new Error(`no ${pattern} in ${words(message).slice(0, 2_000)}`)
  return found
}
const settings = {
  risk: roomyLimits,
  simulation: { symbols: 60, catalysts_per_hour: 0, stale_quote_rate: 0, partial_fill_rate: 0, reject_rate: 0 },
  approvals: { actions_per_minute: 600 },
}

describe('a walk through Discord with the real client', () => {
  let world: ThreeChats
  let person: Person
  let symbols: readonly string[]
  beforeAll(async () => {
    world = await startThreeChats({ settings })
    person = personAt(world.bot.url)
    symbols = (await world.bot.bot.app.market.securities()).map(({ symbol }) => symbol)
    await world.discord.until(() => world.discord.commands.length > 0)
  })
  afterAll(() => world.stop())

  const dee = () => world.discord.user('2001', 'Dee')
  const onDiscord = (proposal: ProposalView) => {
    const [message] = copiesOf(world, proposal.id).discord
    if (!message) throw new Error(`${proposal.id} is not on Discord`)
    return message
  }

  it('an alert brings a picture; approved, it fills, and its thread has the fill with Move stop, Close half and Close', async () => {
    const proposal = await cardOf(world, person, 'walk-1', symbols[0] ?? '')
    await eventually('its picture', async () => onDiscord(proposal).attachments.length === 1, 30_000)
    const answer = await dee().tap(onDiscord(proposal).id, `approve:${proposal.id}:1`).answer()
    expect(words(answer)).toContain('Approved')
    await person.protectedPosition(proposal.symbol)
    const thread = await eventually('a thread', async () => world.discord.threads()[0])
    const fill = await eventually('the fill in it', async () =>
      world.discord.messages(thread.id).find((m) => words(m).includes('move-stop:')),
    )
    const asked = dee().tap(fill.id, idIn(fill, 'move-stop:'))
    expect((await asked.modal()).title).toMatch(/stop/i)
    const low = await (await dee().submit(asked, { stop: '0.01' })).answer()
    expect(words(low)).toMatch(/not moved|must|toward/i)
    const half = await dee().tap(fill.id, idIn(fill, 'close-half:')).answer()
    expect(words(half)).toContain(proposal.symbol)
  })

  it('a reject takes one tap; the reason comes after, as a chip or in words', async () => {
    const proposal = await cardOf(world, person, 'walk-2', symbols[1] ?? '')
    const rejected = await dee().tap(onDiscord(proposal).id, `decline:${proposal.id}`).answer()
    expect(await statusOf(person, proposal.id)).toBe('declined')
    const reasonIs = (reason: string) =>
      eventually(`the reason ${reason}`, async () => (await person.proposals()).find(({ id }) => id === proposal.id)?.reason === reason)
    const other = dee().tap(rejected.id, idIn(rejected, 'decline-note:'))
    const [field] = (await other.modal()).components
    const name = /"custom_id":"([^"]+)"/.exec(words(field ?? {}))?.[1] ?? ''
    await (await dee().submit(other, { [name]: 'I know the chief executive' })).taken()
    await reasonIs('I know the chief executive')

    const second = await cardOf(world, person, 'walk-2b', symbols[6] ?? '')
    const chips = await dee().tap(onDiscord(second).id, `decline:${second.id}`).answer()
    await dee().tap(chips.id, idIn(chips, 'decline-reason:')).taken()
    await eventually('the chip', async () => (await person.proposals()).find(({ id }) => id === second.id)?.reason)
  })

  it('an edit asks in a modal, and can only shrink the risk', async () => {
    const proposal = await cardOf(world, person, 'walk-3', symbols[2] ?? '')
    const fewer = String(Math.floor(Number(proposal.quantity) / 2))
    const message = onDiscord(proposal)
    const edit = dee().choose(message.id, idIn(message, 'menu:'), `edit:${proposal.id}:1`)
    await edit.modal()
    const more = await (await dee().submit(edit, { quantity: String(Number(proposal.quantity) * 2) })).answer()
    expect(words(more)).toMatch(/quantity/i)
    const again = dee().choose(message.id, idIn(message, 'menu:'), `edit:${proposal.id}:1`)
    await again.modal()
    await (await dee().submit(again, { quantity: fewer })).answer()
    await eventually('version 2 on the card', async () => words(onDiscord(proposal)).includes(`approve:${proposal.id}:2`))
    expect((await person.proposals()).find(({ id }) => id === proposal.id)).toMatchObject({ version: 2, quantity: fewer })
  })

  it('symbols are suggested, and every command answers', async () => {
    const typed = await dee()
      .autocomplete('chart', 'symbol', (symbols[0] ?? '').slice(0, 2))
      .taken()
    expect(typed?.choices?.length).toBeGreaterThan(0)
    const names = commandSpecs(world.bot.bot.plugins.commands).map(({ name }) => name)
    for (const name of [...names.filter((n) => !last.includes(n)), ...last]) {
      const answer = await dee()
        .command(name, given(symbols[0] ?? '')[name])
        .answer()
      expect([name, words(answer).length > 100]).toEqual([name, true])
      expect([name, /That broke|did not work/.test(words(answer))]).toEqual([name, false])
    }
  })

  it('it comes back after a lost connection, and nothing that was asked is invalid', async () => {
    world.discord.gateway.drop()
    const proposal = await cardOf(world, person, 'walk-4', symbols[5] ?? '').catch(() => null)
    expect(proposal === null || (await statusOf(person, proposal.id)) !== undefined).toBe(true)
    const { checked, invalid, official } = world.discord.validation
    console.info(
      `Discord: ${checked} requests checked against the ${official ? 'official description' : 'limits alone'}, ${invalid.length} invalid`,
    )
    expect(invalid).toEqual([])
  })
})

describe.each(['socket', 'http'] as const)('a walk through Slack with the real client, %s', (mode) => {
  let world: ThreeChats
  let person: Person
  let symbols: readonly string[]
  beforeAll(async () => {
    world = await startThreeChats({ settings }, mode)
    person = personAt(world.bot.url)
    symbols = (await world.bot.bot.app.market.securities()).map(({ symbol }) => symbol)
  })
  afterAll(() => world.stop())

  const sam = () => world.slack.user('U1', 'sam')
  const onSlack = (proposal: ProposalView) => {
    const [message] = copiesOf(world, proposal.id).slack
    if (!message) throw new Error(`${proposal.id} is not on Slack`)
    return message
  }
  /** The private answer that comes next. */
  async function answered(act: () => Promise<unknown>): Promise<{ readonly ts: string }> {
    const before = world.slack.ephemeralFor('U1').length
    await act()
    return eventually('a private answer', async () => world.slack.ephemeralFor('U1')[before], 30_000)
  }
  const openView = () => eventually('a form', async () => world.slack.viewsOf('U1').find((view) => words(view.content).includes('field:')))

  it('an alert brings a picture; approved, it fills, and its thread has the fill', async () => {
    const proposal = await cardOf(world, person, 'walk-1', symbols[0] ?? '')
    await eventually('its picture', async () => words(onSlack(proposal)).includes('slack_file'), 30_000)
    expect(words(await answered(() => sam().press(onSlack(proposal).ts, `approve:${proposal.id}:1`)))).toContain('Approved')
    await person.protectedPosition(proposal.symbol)
    const fill = await eventually('the fill in the thread', async () =>
      world.slack.thread(onSlack(proposal).ts).find((m) => words(m).includes('move-stop:')),
    )
    await sam().press(fill.ts, idIn(fill, 'move-stop:'))
    expect(words(await answered(async () => sam().submit(await openView(), { stop: '0.01' })))).toMatch(/not moved|must|toward/i)
    expect(words(await answered(() => sam().press(fill.ts, idIn(fill, 'close-half:'))))).toContain(proposal.symbol)
  })

  it('a reject takes one tap; the reason comes after', async () => {
    const proposal = await cardOf(world, person, 'walk-2', symbols[1] ?? '')
    const rejected = await answered(() => sam().press(onSlack(proposal).ts, `decline:${proposal.id}`))
    expect(await statusOf(person, proposal.id)).toBe('declined')
    await sam().press(rejected.ts, idIn(rejected, 'decline-reason:'))
    await eventually('the reason', async () => (await person.proposals()).find(({ id }) => id === proposal.id)?.reason)
  })

  it('an edit asks in a modal, and can only shrink the risk', async () => {
    const proposal = await cardOf(world, person, 'walk-3', symbols[2] ?? '')
    const fewer = String(Math.floor(Number(proposal.quantity) / 2))
    await sam().overflow(onSlack(proposal).ts, `edit:${proposal.id}:1`)
    expect(words(await answered(async () => sam().submit(await openView(), { quantity: String(Number(proposal.quantity) * 2) })))).toMatch(
      /quantity/i,
    )
    await sam().overflow(onSlack(proposal).ts, `edit:${proposal.id}:1`)
    await answered(async () => sam().submit(await openView(), { quantity: fewer }))
    await eventually('version 2 on the card', async () => words(onSlack(proposal)).includes(`approve:${proposal.id}:2`))
  })

  it('the home page shows the state, and every command answers', async () => {
    await sam().openHome()
    await eventually('the home page', async () => world.slack.home('U1'))
    const names = commandSpecs(world.bot.bot.plugins.commands).map(({ name }) => name)
    for (const name of [...names.filter((n) => !last.includes(n)), ...last]) {
      const values = Object.values(given(symbols[0] ?? '')[name] ?? {}).join(' ')
      const answer = await answered(() => sam().command('/catalyst', `${name} ${values}`))
      expect([name, /That broke|did not work/.test(words(answer))]).toEqual([name, false])
    }
    expect(words(await answered(() => sam().command('/catalyst', 'positons')))).toContain('Did you mean /positions?')
  })

  it('nothing that was asked is more than Slack takes', () => {
    const { checked, violations } = world.slack.workspace
    console.info(`Slack, ${mode}: ${checked} requests and acks checked, ${violations.length} violations`)
    expect(violations).toEqual([])
  })
})
