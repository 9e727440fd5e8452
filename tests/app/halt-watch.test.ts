import { describe, expect, it } from 'vitest'
import { type CaseWorld, simulatedWorld } from '../support/case-world.ts'

const titles = ({ desk }: CaseWorld, words: string) => desk.cards.map(({ title }) => title).filter((title) => title.includes(words))
const flattening = async ({ desk }: CaseWorld) => (await desk.app.read.tradingState()).flattening !== undefined

describe('a halt', () => {
  it('given entries at work, then one message follows it until none is left', async () => {
    const world = await simulatedWorld()
    await world.desk.alert()
    await world.desk.approve()
    world.cancels(false)
    await world.desk.app.kill('drill', world.desk.by())
    await world.wait(1)
    expect(titles(world, 'Halting')).toEqual(['Halting: 1 entry still there'])
    world.cancels(true)
    await world.reconcile()
    await world.wait(2)
    expect(titles(world, 'Halted:')).toEqual(['Halted: no entry is at work'])
    const keys = new Set(world.desk.cards.filter(({ key }) => key.includes('halt-')).map(({ key }) => key))
    expect(keys.size).toBe(1)
  })

  it('given a lost answer, when it turns out to be at work, then it is canceled by the halt, and nothing resumes before', async () => {
    const world = await simulatedWorld()
    world.next('arrives_late')
    await world.desk.alert()
    await world.desk.approve()
    await world.desk.app.kill('drill', world.desk.by())
    expect(await world.desk.app.resume('too early', world.desk.by())).toMatchObject({ ok: false, refusal: { code: 'NOT_RECONCILED' } })
    await world.arrive()
    await world.wait(40)
    expect(await world.desk.statuses()).toEqual(['entry canceled', 'stop canceled', 'target canceled'])
    expect(await world.desk.app.resume('all is quiet', world.desk.by())).toMatchObject({ ok: true })
  })
})

describe('a flatten in a halt', () => {
  const held = async (): Promise<CaseWorld> => {
    const world = await simulatedWorld()
    for (const symbol of ['ACME', 'BETA', 'CORE']) await world.desk.hold(symbol)
    await world.desk.app.kill('drill', world.desk.by())
    return world
  }
  const trade = async (world: CaseWorld, seconds: number) => {
    for (let i = 0; i < seconds; i++) for (const symbol of ['ACME', 'BETA', 'CORE']) await world.desk.turn(symbol)
  }

  it('given everything closes, then it says so only after two looks at the broker', async () => {
    const world = await held()
    await world.desk.app.flatten('kill', world.desk.by())
    await world.wait(1)
    expect(titles(world, 'HALTED, NOT FLAT').length).toBeGreaterThan(0)
    expect(await flattening(world)).toBe(true)
    await trade(world, 4)
    await world.wait(4)
    expect(await world.desk.broker.positions()).toEqual([])
    expect(titles(world, 'HALTED, FLAT')).toEqual(['HALTED, FLAT'])
    expect(await flattening(world)).toBe(false)
  })

  it('given many positions, then one request makes way for all closes', async () => {
    const world = await held()
    const { broker } = world.desk.app
    const { cancelEverything, cancel } = broker
    let bulk = 0
    let single = 0
    Object.assign(broker, {
      cancelEverything: () => {
        bulk += 1
        return cancelEverything()
      },
      cancel: (id: string) => {
        single += 1
        return cancel(id)
      },
    })
    await world.desk.app.flatten('kill', world.desk.by())
    await world.desk.app.settled()
    expect([bulk, single]).toEqual([1, 0])
    await trade(world, 4)
    expect(await world.desk.app.read.openPositions()).toEqual([])
  })

  it('given closes that never fill, then people are paged again and again, also by the next process, until it is flat', async () => {
    const world = await held()
    await world.desk.app.flatten('kill', world.desk.by())
    await world.wait(310)
    const paged = () => world.desk.cards.filter(({ key, event }) => key.includes('trouble-not-flat') && event === 'critical').length
    expect(paged()).toBe(2)
    await world.restart()
    await world.wait(1)
    expect(paged()).toBe(1)
    await trade(world, 4)
    await world.wait(400)
    expect(paged()).toBe(1)
    expect(titles(world, 'HALTED, FLAT')).toEqual(['HALTED, FLAT'])
  })

  it('given a fill that comes late, then what it bought is closed as well', async () => {
    const world = await simulatedWorld()
    world.next('arrives_late')
    await world.desk.alert()
    await world.desk.approve()
    await world.desk.app.kill('drill', world.desk.by())
    await world.desk.app.flatten('kill', world.desk.by())
    await world.arrive()
    await world.market.trade('ACME')
    for (let i = 0; i < 20; i++) await world.desk.turn()
    await world.wait(3)
    expect(await world.desk.broker.positions()).toEqual([])
    expect(await flattening(world)).toBe(false)
  })
})
