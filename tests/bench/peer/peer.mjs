// PouchDB to express-pouchdb and back, as an application would use them: LevelDB on the disk on both sides,
// HTTP on localhost, a process of its own for the server.
//
//   node peer.mjs DOCUMENTS FOLDER    one JSON document a line; all that is kept goes to FOLDER
//
// Prints one line of JSON: documents per second up and down, each copied whole, in batches of 1,000.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import express from 'express'
import expressPouchDB from 'express-pouchdb'
import PouchDB from 'pouchdb'

const BATCH = 1000

function serve(folder) {
  const Kept = PouchDB.defaults({ prefix: `${folder}/server-` })
  const app = express()
  app.use(expressPouchDB(Kept, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: `${folder}/log.txt` }))
  const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port))
  process.on('disconnect', () => process.exit()) // it ends with its parent
}

async function rate(from, to, count) {
  const start = performance.now()
  const { docs_written } = await from.replicate.to(to, { batch_size: BATCH })
  if (docs_written !== count) throw new Error(`${docs_written} of ${count} documents were written`)
  return count / ((performance.now() - start) / 1000)
}

async function measure(file, folder) {
  const documents = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
  const author = new PouchDB(`${folder}/author`)
  for (let at = 0; at < documents.length; at += BATCH) await author.bulkDocs(documents.slice(at, at + BATCH))
  const server = fork(fileURLToPath(import.meta.url), ['serve', folder])
  server.on('exit', () => process.exit(1))
  const [port] = await once(server, 'message')
  const centre = new PouchDB(`http://127.0.0.1:${port}/office`)
  const up = await rate(author, centre, documents.length)
  const down = await rate(centre, new PouchDB(`${folder}/reader`), documents.length)
  console.log(JSON.stringify({ up, down }))
  process.exit()
}

const [what, folder] = process.argv.slice(2)
if (what === 'serve') serve(folder)
else await measure(what, folder)
