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
  // One copy at a time: a database that is being copied must not be in use.
  let last: Promise<unknown> = Promise.resolve()
  return {
    symbols,
    copy() {
      const copy = () => createHome(bot.home)
      const mine = last.then(copy, copy)
      last = mine.catch(() => null)
      return mine
    },
    remove: () => removeHome(bot.home),
  }
}
