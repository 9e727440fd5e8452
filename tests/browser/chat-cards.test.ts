import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath } from '../support/newcomer.ts'
import { type Camera, openCamera } from '../support/phone/camera.ts'
import { chart } from '../support/phone/chart.ts'
import { scenes } from '../support/phone/scenes.ts'
import { pageOf, platforms, screenOf } from '../support/phone/shown.ts'

const executablePath = browserPath()
if (executablePath === null)
  console.warn('no browser: set CHROMIUM to one, or install chromium; the cards are not drawn as a phone shows them')
const folder = fileURLToPath(new URL('../screenshots/', import.meta.url))
const all = await scenes()
const png = chart()

describe.skipIf(executablePath === null).each(platforms)('on a phone with %s', (platform) => {
  let camera: Camera
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    camera = await openCamera(executablePath ?? '')
  })
  afterAll(async () => camera?.close())

  it.each(all)('$name: nothing is cut off, and no figure wraps', async (scene) => {
    const html = pageOf([screenOf(platform, scene, png)])
    expect(await camera.shoot(html, join(folder, `chat-${platform}-${scene.name}.png`))).toEqual([])
  })
})
