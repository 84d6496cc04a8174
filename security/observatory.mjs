// Asks MDN's HTTP Observatory for its grade of the web app, as it is behind a proxy that ends TLS. Nothing but A+ will do.
// The Observatory's own program knows neither ports nor certificates of one's own: it is called as a library, and its connections to 80 and 443 are led
// to two ports of this process. usage: observatory.mjs ADDRESS KEY CERTIFICATE   (NODE_EXTRA_CA_CERTS names the certificate)
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'

const [address, key, certificate] = process.argv.slice(2)
const HOST = 'localhost'

/** Passes a request on, as the documented proxies do. */
function pass(request, answer) {
  const headers = { ...request.headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': request.socket.remoteAddress }
  const onward = http.request(address + request.url, { method: request.method, headers }, (got) => {
    answer.writeHead(got.statusCode, got.rawHeaders)
    got.pipe(answer)
  })
  onward.on('error', () => answer.writeHead(502).end())
  request.pipe(onward)
}

const secure = https.createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, pass)
const plain = http.createServer((request, answer) => {
  answer.writeHead(301, { location: `https://${HOST}${request.url}` }).end()
})
const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)))
const ports = { 80: await listen(plain), 443: await listen(secure) }

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...given) {
  const [options] = Array.isArray(given[0]) ? given[0] : given
  if (options?.host === HOST && ports[options.port]) Object.assign(options, { host: '127.0.0.1', port: ports[options.port] })
  return connect.apply(this, given)
}

const { scan } = await import('@mdn/mdn-http-observatory/src/scanner/index.js')
const { scan: result, tests } = await scan(HOST)
for (const [name, test] of Object.entries(tests)) {
  if (!test.pass) console.log(`${name}: ${test.result}: ${test.scoreDescription ?? ''}`)
}
console.log(`observatory: ${result.grade}, ${result.score} points, ${result.testsPassed} of ${result.testsQuantity} tests passed`)
process.exit(result.grade === 'A+' && result.testsFailed === 0 ? 0 : 1)
