import { parentPort } from 'node:worker_threads'
import type { Drawing } from '../../ports/pictures.ts'
import { draw } from './draw.ts'
import type { Answer } from './renderer.ts'

/** Draws what it is sent, in the order it comes, in a thread of its own. */
const port = parentPort
if (!port) throw new Error('this file runs as a worker thread')

function attempt(drawing: Drawing): Answer {
  try {
    return { png: new Uint8Array(draw(drawing)) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

port.on('message', (drawing: Drawing) => {
  const answer = attempt(drawing)
  port.postMessage(answer, 'png' in answer ? [answer.png.buffer] : [])
})
