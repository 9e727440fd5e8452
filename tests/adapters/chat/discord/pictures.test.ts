import { describe, expect, test } from 'vitest'
import type { CardPicture } from '../../../../src/ports/chat.ts'
import { delivery } from '../../../support/samples.ts'
import { desk, only, proposal, sent } from './support.ts'

const edits = /^\/channels\/\d+\/messages\/\d+$/
const picture: CardPicture = { name: 'candles:p1:1', alt: 'NVDA, entry $121.95, stop $115.85' }
const png = (size = 8): Uint8Array => new Uint8Array(size).fill(137)

/** Pictures that come when the test says so. */
function drawing() {
  const waiting: ((png: Uint8Array | null) => void)[] = []
  const drawn = {
    names: [] as string[],
    deliver: (made: Uint8Array | null) =>
      waiting.splice(0).forEach((done) => {
        done(made)
      }),
  }
  const inbound = {
    picture({ name }: CardPicture) {
      drawn.names.push(name)
      return new Promise<Uint8Array | null>((done) => {
        waiting.push(done)
      })
    },
  }
  return { drawn, inbound }
}

describe('given a card with a picture', () => {
  test('the card comes first; the picture is put beside it, with its words', async () => {
    const { drawn, inbound } = drawing()
    const { emulator, chat } = await desk({ inbound })
    await chat.deliver(proposal({ picture }), delivery())
    const message = only(emulator.messages())
    expect(message.attachments).toEqual([])
    drawn.deliver(png())
    expect(await emulator.until(() => message.attachments.length === 1)).toBe(true)
    const [attached] = message.attachments
    expect(attached).toMatchObject({ description: picture.alt, content_type: 'image/png', size: 8 })
    expect(message.embeds[0]).toMatchObject({ title: 'Buy 41 NVDA at $121.95', image: { url: `attachment://${attached?.filename}` } })
    expect(message.content).toContain('NVDA BUY 41')
    expect([...(emulator.world.uploads.get(attached?.filename ?? '') ?? [])]).toEqual([...png()])
  })

  test('an edit with the same picture keeps it, one with another replaces it, one without takes it away', async () => {
    const { drawn, inbound } = drawing()
    const { emulator, chat } = await desk({ inbound })
    const { reference } = await chat.deliver(proposal({ picture }), delivery())
    const message = only(emulator.messages())
    drawn.deliver(png())
    await emulator.until(() => message.attachments.length === 1)
    // What is remembered follows the answer to the request.
    await emulator.until(() => sent(emulator, 'PATCH', edits).every(({ status }) => status === 200))
    const before = message.attachments[0]?.id
    await new Promise((done) => setTimeout(done, 50))
    await chat.deliver(proposal({ picture, tone: 'good' }), delivery({ reference, sequence: 2 }))
    expect(message.attachments[0]?.id).toBe(before)
    expect(message.embeds[0]?.image).toBeDefined()
    await chat.deliver(proposal({ picture: { ...picture, name: 'candles:p1:2' } }), delivery({ reference, sequence: 3 }))
    expect(message.attachments).toEqual([])
    drawn.deliver(png(9))
    await emulator.until(() => message.attachments.length === 1)
    expect(message.attachments[0]?.size).toBe(9)
    await chat.deliver(proposal(), delivery({ reference, sequence: 4 }))
    expect(message.attachments).toEqual([])
    expect(drawn.names).toEqual(['candles:p1:1', 'candles:p1:2'])
  })

  test('a picture that comes after the card changed is left out', async () => {
    const { drawn, inbound } = drawing()
    const { emulator, chat } = await desk({ inbound })
    const { reference } = await chat.deliver(proposal({ picture }), delivery())
    await chat.deliver(proposal({ lines: ['Declined'], picture: null }), delivery({ reference, sequence: 2 }))
    drawn.deliver(png())
    await chat.deliver(proposal({ lines: ['Declined'], picture: null }), delivery({ reference, sequence: 3 }))
    expect(sent(emulator, 'PATCH', edits).filter(({ files }) => files.length > 0)).toEqual([])
    expect(only(emulator.messages()).attachments).toEqual([])
  })

  test('a picture that cannot be drawn or sent leaves the card as it is', async () => {
    const { emulator, chat, log } = await desk({
      inbound: { picture: async ({ name }) => (name === 'none' ? null : Promise.reject(new Error('no font'))) },
    })
    await chat.deliver(proposal({ picture: { ...picture, name: 'none' } }), delivery())
    await chat.deliver({ ...proposal({ picture }), key: 'proposal:2' }, delivery({ sequence: 2 }))
    expect(await emulator.until(() => log.lines.some(({ text }) => text.includes('without its picture')))).toBe(true)
    expect(emulator.messages().map(({ edits: changed }) => changed)).toEqual([0, 0])
  })
})
