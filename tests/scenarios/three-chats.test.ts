import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/bot.ts'
import { personAt } from '../support/person.ts'
import { copiesOf, discordPeople, slackPeople, startThreeChats, type ThreeChats, words } from '../support/three-chats.ts'

describe('Discord, Slack and the console at once', () => {
  let world: ThreeChats
  beforeAll(async () => {
    world = await startThreeChats()
  })
  afterAll(() => world.stop())

  it('given one proposal on all three, when 300 taps come in the same second, then there is one entry order and every copy tells the same end', async () => {
    const { bot, discord, slack } = world
    const person = personAt(bot.url)
    const symbol = (await bot.bot.app.market.securities())[3]?.symbol ?? ''
    await person.alert('three', symbol)
    const proposal = await person.proposalOf('three')
    const [onDiscord, onSlack] = await eventually('the card on both platforms', async () => {
      const copies = copiesOf(world, proposal.id)
      return copies.discord[0] && copies.slack[0] ? ([copies.discord[0], copies.slack[0]] as const) : null
    })
    const approve = `approve:${proposal.id}:${proposal.version}`

    const taps = Array.from({ length: 100 }, (_, i) => ({
      discord: discord.user(discordPeople[i % 10] ?? '', `Dee ${i % 10}`).tap(onDiscord.id, approve),
      slack: slack.user(slackPeople[i % 10] ?? '').press(onSlack.ts, approve),
      console: person.approve(proposal),
    }))
    const taken = await Promise.all(taps.map(({ discord: tap }) => tap.taken()))
    await Promise.all(taps.map(({ slack: tap }) => tap))
    const answers = await Promise.all(taps.map(({ console: tap }) => tap))

    expect(taken.filter((ack) => ack === null)).toEqual([])
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    const entries = (await person.orders()).filter(
      (order) => order.proposal_id === proposal.id && order.type === 'limit' && order.side === 'buy',
    )
    expect(entries).toHaveLength(1)
    const decided = (await person.proposals()).find(({ id }) => id === proposal.id)
    expect(decided?.status).toBe('approved')
    await eventually('every copy tells the end', async () => {
      const copies = copiesOf(world, proposal.id)
      return [...copies.discord, ...copies.slack].every((copy) => /Approved by/.test(words(copy)) && !words(copy).includes(approve))
    })
    const copies = copiesOf(world, proposal.id)
    expect([copies.discord.length, copies.slack.length]).toEqual([1, 1])
    const who = (copy: object) => /Approved by ([^",.]+?) \d\d:\d\d:\d\d/.exec(words(copy))?.[1]
    expect(who(copies.discord[0] ?? {})).toBeDefined()
    expect(who(copies.discord[0] ?? {})).toBe(who(copies.slack[0] ?? {}))
    console.info(`300 taps: ${entries.length} entry order, decided by ${decided?.decided_by}`)
  })

  it('asks nothing of either platform that it would not take', () => {
    const { discord, slack } = world
    console.info(`${discord.validation.checked} requests to Discord and ${slack.workspace.checked} to Slack checked`)
    expect(discord.validation.invalid).toEqual([])
    expect(slack.workspace.violations).toEqual([])
  })
})
