import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadAllPlugins } from '../../src/plugins.ts'
import { plainBroker, startTestBot, type TestBot } from '../support/bot.ts'

const project = new URL('../../', import.meta.url)
const from = (path: string): string => JSON.stringify(new URL(path, project).href)
const zod = JSON.stringify(import.meta.resolve('zod'))

const greet = `
import { z } from ${zod}
import { reply } from ${from('src/app/card.ts')}
import { defineCommand } from ${from('src/app/command.ts')}

export const command = defineCommand({
  name: 'greet',
  summary: 'Says hello',
  role: 'viewer',
  args: z.object({ name: z.string().default('you').meta({ description: 'whom' }) }),
  run: async (call) => reply(call, { title: 'Hello, ' + call.args.name }),
})
`
const roundLots = `
import { z } from ${zod}
import { defineCheck } from ${from('src/domain/risk/check.ts')}

export const check = defineCheck({
  code: 'ROUND_LOTS',
  tier: 'position',
  limits: z.strictObject({ shares: z.number().int().min(1).default(1).meta({ description: 'shares in a lot' }) }),
  transient: false,
  evaluate({ request }, { shares }) {
    const odd = Number(request.quantity.toFixed()) % shares
    if (odd === 0) return null
    return { limit: String(shares), actual: request.quantity.toFixed(), wouldPass: 'lots of ' + shares, explain: odd + ' shares over' }
  },
})
`

describe('one new file is one new thing', () => {
  let home: string
  let bot: TestBot
  const folder = async (name: string, files: Readonly<Record<string, string>>): Promise<URL> => {
    const path = join(home, name)
    await mkdir(path, { recursive: true })
    for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content)
    return pathToFileURL(`${path}/`)
  }
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'catalyst-extension-'))
    await writeFile(join(home, 'package.json'), '{"type":"module"}')
    const extraFolders = {
      commands: [await folder('commands', { 'greet.js': greet })],
      checks: [await folder('checks', { 'round-lots.js': roundLots })],
    }
    bot = await startTestBot({ settings: { ...plainBroker, risk: { round_lots: { shares: 10 } } }, bot: { extraFolders } })
  })
  afterAll(async () => {
    await bot.stop()
    await rm(home, { recursive: true, force: true })
  })
  const type = async (text: string) => (await bot.post<{ title: string; lines: string[] }>('/api/v1/commands', { text })).body

  it('a command is in the help, in the list for chats, and runs', async () => {
    expect((await type('/help')).lines.join('\n')).toContain('/greet [name]: Says hello')
    const { body } = await bot.get<{ items: { name: string }[] }>('/api/v1/commands')
    expect(body.items.map(({ name }) => name)).toContain('greet')
    expect((await type('/greet Ada')).title).toBe('Hello, Ada')
  })

  it('a risk check denies, with its own limits from the configuration', async () => {
    const [security] = await bot.bot.app.market.securities()
    const last = (await bot.bot.app.market.quote(security?.symbol ?? ''))?.last.toFixed(2) ?? ''
    const codes = async (quantity: string) => {
      const body = { symbol: security?.symbol, side: 'buy', quantity, price: last }
      const answer = await bot.post<{ denials: { code: string; limit: string }[] }>('/api/v1/risk/validate', body)
      return answer.body.denials.filter(({ code }) => code === 'ROUND_LOTS')
    }
    expect(await codes('7')).toEqual([
      expect.objectContaining({ limit: '10', actual: '7', would_pass: 'lots of 10', explain: '7 shares over' }),
    ])
    expect(await codes('20')).toEqual([])
  })

  it.each([
    ['a mistyped limit', { round_lots: { share: 10 } }, 'round_lots'],
    ['a limit out of range', { round_lots: { shares: 0 } }, 'round_lots.shares'],
  ])('%s of the new check is refused by name', async (_, risk, named) => {
    const checks = [await folder('checks', { 'round-lots.js': roundLots })]
    const started = startTestBot({ settings: { risk }, bot: { extraFolders: { checks } } })
    await expect(started).rejects.toThrow(named)
  })

  it('a file without its plug-in, or with less than one, is refused by its name', async () => {
    const empty = await folder('empty', { 'nothing.js': 'export const other = 1\n' })
    await expect(loadAllPlugins({ commands: [empty] })).rejects.toThrow(/nothing\.js exports no `command`/)
    const half = await folder('half', { 'half.js': "export const check = { code: 'HALF' }\n" })
    await expect(loadAllPlugins({ checks: [half] })).rejects.toThrow(/half\.js: `check` has no tier, limits, evaluate/)
  })

  it('a name that is taken is refused with both files', async () => {
    const twin = await folder('twin', { 'my-kill.js': greet.replace("'greet'", "'kill'") })
    await expect(loadAllPlugins({ commands: [twin] })).rejects.toThrow(/two files are called kill: .*commands\/kill\.ts and .*my-kill\.js/)
  })
})
