import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { loadPage } from '../../../../src/adapters/chat/console/bundle.ts'

const page = await loadPage()
const text = (path: string): string => page.get(path)?.body.toString() ?? ''

describe('the built page', () => {
  it('has everything the browser asks for, each with its type', () => {
    expect(page.get('/')?.contentType).toBe('text/html; charset=utf-8')
    expect(page.get('/app.js')?.contentType).toBe('text/javascript; charset=utf-8')
    expect(page.get('/app.css')?.contentType).toBe('text/css; charset=utf-8')
    expect(page.get('/theme.js')?.contentType).toBe('text/javascript; charset=utf-8')
    expect(page.get('/manifest.webmanifest')?.contentType).toBe('application/manifest+json')
    expect(page.get('/icon.svg')?.contentType).toBe('image/svg+xml')
  })
  it('keeps its script within 150 kB compressed', () => {
    const script = (page.get('/app.js')?.gzip.length ?? 0) + (page.get('/theme.js')?.gzip.length ?? 0)
    expect(script).toBeGreaterThan(1000)
    expect(script).toBeLessThanOrEqual(150_000)
  })
  it('compresses without loss and tells versions apart', () => {
    for (const file of page.values()) expect(gunzipSync(file.gzip).equals(file.body)).toBe(true)
    expect(new Set([...page.values()].map((file) => file.etag)).size).toBe(page.size)
  })
  it('has no inline script or style and fetches nothing from elsewhere', () => {
    const html = text('/')
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/)
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/)
    expect(html).not.toMatch(/(?:src|href)="(?!\/)/)
    expect(text('/app.css')).not.toMatch(/url\(|@import/)
  })
  it('names only icons that are there', () => {
    const manifest = JSON.parse(text('/manifest.webmanifest')) as { icons: readonly { src: string }[] }
    expect(manifest.icons.length).toBeGreaterThan(0)
    for (const { src } of manifest.icons) expect(page.has(src)).toBe(true)
  })
})

it('given two bots that start at the same time, then both get the page: neither stops the bundler under the other', async () => {
  const both = await Promise.all([loadPage(), loadPage()])
  expect(both.map((files) => [...files.keys()].sort())).toEqual([[...page.keys()].sort(), [...page.keys()].sort()])
})
