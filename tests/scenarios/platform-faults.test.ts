import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, roomyLimits } from '../support/bot.ts'
import { type Person, personAt } from '../support/person.ts'
import { platformFaults } from '../support/platform-faults.ts'
import { copiesOf, startThreeChats, type ThreeChats, words } from '../support/three-chats.ts'

describe('what platforms and networks do', () => {
  let world: ThreeChats
  let person: Person
  let symbols: readonly string[]
  beforeAll(async () => {
    world = await startThreeChats({
      settings: { simulation: { symbols: 100, catalysts_per_hour: 0, stale_quote_rate: 0 }, risk: roomyLimits },
    })
    person = personAt(world.bot.url)
    symbols = (await world.bot.bot.app.market.securities()).map(({ symbol }) => symbol)
  })
  afterAll(() => world.stop())

  it.each(Object.keys(platformFaults).map((name, i) => [name, i] as const))(
    'given %s, then the next card stands once on each platform, and once declined it says so on both',
    async (name, i) => {
      platformFaults[name]?.(world)
      await person.alert(`fault-${i}`, symbols[i] ?? '')
      const proposal = await person.proposalOf(`fault-${i}`)
      const copies = () => copiesOf(world, proposal.id)
      await eventually('the card on both', async () => copies().discord.length > 0 && copies().slack.length > 0, 30_000)
      await person.post(`/api/v1/proposals/${proposal.id}/decline`)
      await eventually(
        'both cards say so',
        async () => [...copies().discord, ...copies().slack].every((copy) => /Declined by/.test(words(copy))),
        30_000,
      )
      expect([copies().discord.length, copies().slack.length]).toEqual([1, 1])
    },
    90_000,
  )
})
