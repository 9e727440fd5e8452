import { cp } from 'node:fs/promises'
import postgres from 'postgres'
import { type BotHome, createHome, removeHome, startTestBot, type TestBotOptions } from './bot.ts'

/** A home in which a bot has started once: copies of it start quicker than new ones. */
export interface HomeTemplate {
  /** What the market trades. */
  readonly symbols: readonly string[]
  copy(): Promise<BotHome>
  remove(): Promise<void>
}

export async function createTemplate(settings: object, start: TestBotOptions['start'] = {}): Promise<HomeTemplate> {
  const bot = await startTestBot({ settings, start })
  const symbols = (await bot.bot.app.market.securities()).map(({ symbol }) => symbol)
  await bot.stop({ keep: true })
  const copy = async (): Promise<BotHome> => {
    const server = process.env['TEST_DATABASE_URL']
    const home = await createHome()
    if (home.databaseUrl === null || bot.home.databaseUrl === null || !server) {
      await cp(bot.home.folder, home.folder, { recursive: true })
      return home
    }
    const [own, template] = [home.databaseUrl, bot.home.databaseUrl].map((url) => new URL(url).pathname.slice(1))
    const sql = postgres(server, { max: 1, onnotice: () => undefined })
    await sql.unsafe(`drop database ${own}`)
    await sql.unsafe(`create database ${own} template ${template}`)
    await sql.end()
    return home
  }
  // One copy at a time: a database that is being copied must not be in use.
  let last: Promise<unknown> = Promise.resolve()
  return {
    symbols,
    copy() {
      const mine = last.then(copy, copy)
      last = mine.catch(() => null)
      return mine
    },
    remove: () => removeHome(bot.home),
  }
}
