// What the rules of web.yml must find, and what they must leave: `semgrep scan --test security/semgrep`.
// ruleid: no-html-from-strings
const a = <div dangerouslySetInnerHTML={{ __html: text }} />
// ruleid: no-html-from-strings
element.innerHTML = text
// ok: no-html-from-strings
element.textContent = text
// ruleid: no-code-from-strings
eval(text)
// ruleid: no-code-from-strings
const b = new Function(text)
// ruleid: nothing-secret-where-scripts-read
localStorage.setItem('som.token', token)
// ok: nothing-secret-where-scripts-read
localStorage.setItem(KEY, JSON.stringify(prefs))
// ruleid: one-client
await fetch('/api/v1/orders')
// ok: one-client
await fetch(query, signal)
// ruleid: no-foreign-address
const c = <img src="https://example.com/pixel.gif" />
// ok: no-foreign-address
const d = <a href="/orders">Orders</a>
// ruleid: no-script-address
const e = 'javascript:void(0)'
// ruleid: no-opener
const f = <a href="/x" target="_blank">x</a>
// ruleid: messages-name-their-origin
parent.postMessage(data, '*')
