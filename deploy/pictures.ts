import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { browserPath } from '../tests/support/newcomer.ts'
import { openCamera } from '../tests/support/phone/camera.ts'
import { chart } from '../tests/support/phone/chart.ts'
import { scenes } from '../tests/support/phone/scenes.ts'
import { pageOf, platforms, screenOf } from '../tests/support/phone/shown.ts'

/** Draws the README's pictures of cards anew: what the bot sends, as a phone shows it. */
const shown = ['chart', 'approved', 'filled']
const mostBytes = 200_000

const executablePath = browserPath()
if (executablePath === null) {
  process.stderr.write('no browser: set CHROMIUM to one, or install chromium\n')
  process.exit(1)
}
const camera = await openCamera(executablePath, 1)
const all = await scenes()
const png = chart()
for (const platform of platforms) {
  const path = fileURLToPath(new URL(`pictures/${platform}-card.png`, import.meta.url))
  const screens = shown.flatMap((name) => all.filter((scene) => scene.name === name)).map((scene) => screenOf(platform, scene, png))
  const flaws = await camera.shoot(pageOf(screens), path)
  const { size } = statSync(path)
  process.stdout.write(`${path}: ${Math.round(size / 1000)} kB\n`)
  const problems = [...flaws, ...(size > mostBytes ? [`larger than ${mostBytes / 1000} kB`] : [])]
  if (problems.length > 0) {
    process.stderr.write(`${problems.join('\n')}\n`)
    process.exitCode = 1
  }
}
await camera.close()
