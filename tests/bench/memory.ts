import { createHome, removeHome } from '../support/bot.ts'
import { type Bench, type Line, line, sleep } from './support/measure.ts'
import { build, startProgram, type Way } from './support/program.ts'

const megabytes = (bytes: number): number => bytes / 1e6

/** What it holds in memory while nobody does anything, a minute after its start. */
export const bench: Bench = {
  eachDatabase: true,
  async run({ quick, database }) {
    const unbuild = build()
    const goal = database === 'postgres' ? ({ of: 'p50', below: 150 } as const) : null
    const lines = await Promise.all(
      (['npm start', 'node dist'] satisfies Way[]).map(async (way): Promise<readonly Line[]> => {
        const home = await createHome()
        const program = await startProgram(way, home)
        await sleep(quick ? 10_000 : 60_000)
        const { serving, all } = program.memory()
        await program.stop()
        await removeHome(home)
        return [
          line(`${way}: memory of the bot's process, idle`, [megabytes(serving)], 'MB', goal),
          line(`${way}: memory of all its processes, idle`, [megabytes(all)], 'MB'),
        ]
      }),
    )
    unbuild()
    return lines.flat()
  },
}
