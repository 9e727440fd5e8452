import { createHome, removeHome } from '../support/bot.ts'
import { type Bench, line } from './support/measure.ts'
import { build, startProgram, type Way } from './support/program.ts'

/** From the command to the console's first answer: with nothing there yet, and on the database of the time before. */
export const bench: Bench = {
  eachDatabase: true,
  async run({ quick }) {
    const unbuild = build()
    const lines = []
    for (const way of ['npm start', 'node dist'] satisfies Way[]) {
      const [first, second]: [number[], number[]] = [[], []]
      for (let i = 0; i < (quick ? 1 : 3); i += 1) {
        const home = await createHome()
        for (const times of [first, second]) {
          const program = await startProgram(way, home)
          times.push(program.startedIn)
          await program.stop()
        }
        await removeHome(home)
      }
      lines.push(line(`${way}: console answers, new database`, first, 'ms', { of: 'p50', below: 10_000 }))
      lines.push(line(`${way}: console answers, second start`, second, 'ms', { of: 'p50', below: 3_000 }))
    }
    unbuild()
    return lines
  },
}
