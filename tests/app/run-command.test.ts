import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { reply } from '../../src/app/card.ts'
import { defineCommand } from '../../src/app/command.ts'
import { occasion } from '../../src/app/context.ts'
import { runCommand } from '../../src/app/run-command.ts'
import { fakeApp } from '../support/fake-app.ts'

const pause = defineCommand({
  name: 'pause',
  summary: 'No new entries',
  role: 'approver',
  args: z.object({ times: z.coerce.number().int().max(3).default(1) }),
  run: async (call) => reply(call, { title: `paused ${call.args.times}` }),
})
const broken = defineCommand({ ...pause, name: 'broken', run: () => Promise.reject(new Error('secret at /srv')) })

function typing(id: string) {
  const { app, books } = fakeApp()
  const actor = { id, name: 'somebody', via: 'test' }
  const type = (text: string) => runCommand({ app, commands: [pause, broken], actor, text, meta: occasion(app, id, 'occasion-1') })
  return { books, type }
}

describe('a typed command', () => {
  it('is run for who may, with its arguments', async () => {
    const { type } = typing('console:local')
    expect(await type('/pause 2')).toMatchObject({ kind: 'reply', key: 'reply:occasion-1', title: 'paused 2', banner: 'SIM' })
  })

  it('of a stranger is refused and logged, whatever the arguments', async () => {
    const { type, books } = typing('discord:666')
    for (const text of ['/pause', '/pause 99']) expect(await type(text)).toMatchObject({ tone: 'bad', title: 'Not allowed' })
    expect(books.log).toHaveLength(2)
  })

  it('that is wrong answers with the argument and the usage', async () => {
    const card = await typing('console:local').type('/pause 99')
    expect(card.title).toBe('Not understood')
    expect(card.lines.join(' ')).toMatch(/times: .*you typed "99".*Usage: \/pause \[times\]/)
  })

  it('that breaks answers with the correlation id and tells the log alone why', async () => {
    const { type, books } = typing('console:local')
    const card = await type('/broken')
    expect(card).toMatchObject({ tone: 'bad', title: 'That broke' })
    expect(JSON.stringify(card)).toContain('occasion-1')
    expect(JSON.stringify(card)).not.toContain('secret')
    expect(books.log).toContainEqual(
      expect.objectContaining({ level: 'error', facts: expect.objectContaining({ correlationId: 'occasion-1' }) }),
    )
  })
})
