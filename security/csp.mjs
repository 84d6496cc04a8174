// Asks Google's CSP Evaluator about the policies that the server really sends: of a page, of the API, of the API's own pages.
// usage: csp.mjs ADDRESS
import { CspEvaluator } from 'csp_evaluator/dist/evaluator.js'
import { Severity } from 'csp_evaluator/dist/finding.js'
import { CspParser } from 'csp_evaluator/dist/parser.js'

const [address] = process.argv.slice(2)
const paths = ['/', '/orders', '/api/docs', '/api/openapi.json', '/api/v1/orders', '/no/such/thing.js']
// Beyond these are remarks: `'self'` may be wrong where an attacker can upload scripts, which nobody can here.
const counted = [Severity.HIGH, Severity.SYNTAX, Severity.MEDIUM]

let bad = 0
let remarks = 0
for (const path of paths) {
  const answer = await fetch(address + path, { signal: AbortSignal.timeout(10_000) })
  const policy = answer.headers.get('content-security-policy')
  if (!policy) {
    console.log(`${path}: no policy`)
    bad += 1
    continue
  }
  for (const finding of new CspEvaluator(new CspParser(policy).csp).evaluate()) {
    const line = `${path}: ${Severity[finding.severity]} ${finding.directive} ${finding.value ?? ''}: ${finding.description}`
    if (counted.includes(finding.severity)) {
      console.log(line)
      bad += 1
    } else {
      remarks += 1
    }
  }
}
console.log(`csp_evaluator: ${bad} findings of high or medium severity on ${paths.length} answers, ${remarks} remarks`)
process.exit(bad === 0 ? 0 : 1)
