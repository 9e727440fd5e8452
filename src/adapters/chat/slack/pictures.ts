import { setTimeout as pause } from 'node:timers/promises'
import type { webApi } from '@slack/bolt'
import type { CardPicture } from '../../../ports/chat.ts'
import { refusesBlocks } from './messages.ts'
import { clipped, visible } from './text.ts'

const uploadWithinMs = 30_000
/** Real milliseconds between attempts: Slack looks at a file for a moment before a message may show it. */
const waits = [300, 700, 1_500, 3_000, 6_000]

/** @returns the file's id. @throws when any of the three steps fails. */
export async function upload(client: webApi.WebClient, { name, alt }: CardPicture, png: Uint8Array): Promise<string> {
  const filename = `${name.replace(/[^\w.-]/g, '-').slice(0, 80)}.png`
  const words = clipped(visible(alt), 1_000)
  const { upload_url: address, file_id: fileId } = await client.files.getUploadURLExternal({
    filename,
    length: png.byteLength,
    alt_text: words,
  })
  if (address === undefined || fileId === undefined) throw new Error('Slack offered no place for a picture')
  // The address is the permission; the token stays here.
  const sent = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'image/png' },
    body: Buffer.from(png),
    signal: AbortSignal.timeout(uploadWithinMs),
  })
  if (!sent.ok) throw new Error(`Slack did not take a picture: ${sent.status}`)
  await client.files.completeUploadExternal({ files: [{ id: fileId, title: words || filename }] })
  return fileId
}

/** Tries again while Slack says that it does not know the picture yet. @throws the last refusal. */
export async function onceKnown<T>(show: () => Promise<T>): Promise<T> {
  for (const wait of waits) {
    try {
      return await show()
    } catch (error) {
      if (!refusesBlocks(error)) throw error
      await pause(wait)
    }
  }
  return show()
}
