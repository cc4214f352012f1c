"""JavaScript (Node.js): ways to reach a call."""

from __future__ import annotations

import base64
import json
import urllib.parse

from tests.oracle_payload.grammar import COMMAND, Grammar, Sink, written

_CODE = "require('fs').writeFileSync('ran','')"
_SPAWNS = (
    'require("child_process").execSync',
    'require("node:child_process").execSync',
    'process.mainModule.require("child_process").execSync',
    'process.getBuiltinModule("child_process").execSync',
    'require("child_process")["exec"+"Sync"]',
    'globalThis.process.mainModule.require("child_process")["execSync"]',
    'module.constructor._load("child_process").execSync',
    'Reflect.get(require("child_process"),"execSync")',
    '(c=>require("child_process").spawnSync("sh",["-c",c]))',
    '(c=>require("child_process").execFileSync("/bin/sh",["-c",c]))',
)
_RUNS = (
    "eval",
    "(0,eval)",
    "globalThis.eval",
    '(c=>new Function("require",c)(require))',
)

SINKS = [
    *(Sink("spawn", COMMAND, f"{function}(«A»)", function) for function in _SPAWNS),
    Sink("spawn", COMMAND, 'require("child_process").exec(«A»)'),
    Sink("spawn", COMMAND, 'require("child_process").spawn("sh",["-c",«A»])'),
    *(Sink("eval", _CODE, f"{function}(«A»)", function) for function in _RUNS),
    Sink("write", "ran", 'require("fs").writeFileSync(«A»,"")', '(p=>require("fs").writeFileSync(p,""))'),
    Sink("write", "ran", 'require("fs").appendFileSync(«A»,"")'),
    Sink("connect", "127.0.0.1", 'require("net").connect({PORT},«A»)', '(h=>require("net").connect({PORT},h))'),
    Sink("connect", "127.0.0.1", 'require("http").get("http://"+«A»+":{PORT}/").on("error",()=>1)'),
    Sink("credentials", "/.aws/credentials", 'console.log(require("fs").readFileSync(process.env.HOME+«A»)+"")'),
]


def _codes(text: str) -> str:
    return ",".join(str(ord(character)) for character in text)


ENCODINGS = {
    "plain": json.dumps,
    "base64": lambda text: f'Buffer.from("{base64.b64encode(text.encode()).decode()}","base64").toString()',
    "atob": lambda text: f'atob("{base64.b64encode(text.encode()).decode()}")',
    "hex": lambda text: f'Buffer.from("{text.encode().hex()}","hex")+""',
    "codes": lambda text: f"String.fromCharCode({_codes(text)})",
    "bytes": lambda text: f"Buffer.from([{_codes(text)}]).toString()",
    "reversed": lambda text: f'{json.dumps(text[::-1])}.split("").reverse().join("")',
    "joined": lambda text: (
        "[" + ",".join(json.dumps(text[at : at + 4]) for at in range(0, len(text), 4)) + '].join("")'
    ),
    "added": lambda text: "(" + "+".join(json.dumps(text[at : at + 4]) for at in range(0, len(text), 4)) + ")",
    "percent": lambda text: f"decodeURIComponent({json.dumps(urllib.parse.quote(text, safe=''))})",
    "escapes": lambda text: '"' + "".join(f"\\x{ord(c):02x}" for c in text) + '"',
    "unicode": lambda text: '"' + "".join(f"\\u{ord(c):04x}" for c in text) + '"',
    "template": lambda text: f"`{text[:3]}${{{json.dumps(text[3:])}}}`",
    "replaced": lambda text: f"{json.dumps(text.replace('r', 'ZQ'))}.replace(/ZQ/g,'r')",
    "mapped": lambda text: f"[{_codes(text)}].map(c=>String.fromCharCode(c)).join('')",
}

CONSTRUCTS = r"""
«C»
void «C»
(0,«F»)(«A»)
(1&&«F»)(«A»)
a:«C»
a:{«C»;break a}
({get a(){return «C»}}).a
({set a(v){«C»}}).a=1
(async()=>await{then(r){r(«C»)}})()
Promise.resolve({then(r){«C»;r()}})
({toString(){return «C»+""}})+""
`${{toString(){return «C»+""}}}`
+{valueOf(){«C»;return 1}}
({[Symbol.toPrimitive](){«C»;return 1}})*1
[]instanceof{[Symbol.hasInstance](){«C»;return true}}
class A{static[Symbol.hasInstance](){«C»}};1 instanceof A
"a".replace({[Symbol.replace](){«C»}},"")
"a".split({[Symbol.split](){«C»;return[]}})
"a".match({[Symbol.match](){«C»;return[]}})
"a".search({[Symbol.search](){«C»;return 0}})
String({toString(){«C»;return ""}})
JSON.stringify({toJSON(){«C»}})
JSON.parse("[1]",()=>{«C»})
Error.prepareStackTrace=()=>«C»;new Error().stack
Reflect.apply(«F»,null,[«A»])
Reflect.apply(«F»,undefined,Array.of(«A»))
Reflect.get({get a(){return «C»}},"a")
Reflect.construct(function(){«C»},[])
Function.prototype.call.call(«F»,null,«A»)
Function.prototype.apply.call(«F»,null,[«A»])
«F».call(null,«A»)
«F».apply(null,[«A»])
«F».bind(null,«A»)()
«F».bind(null)(«A»)
const b=«F».bind;b.call(«F»,null,«A»)()
class A{static get x(){return «C»}};A.x
class A{static{«C»}}
class A{static x=«C»}
class A{x=«C»};new A
class A{constructor(){«C»}};new A
class A{#p(){«C»};go(){this.#p()}};new A().go()
class A{f(){«C»}};class B extends A{f(){super.f()}};new B().f()
class A extends(«C»,Object){}
class A{static[«C»]=1}
({[«C»]:1})
for(const x of{*[Symbol.iterator](){«C»}});
for(const x in(«C»,{}));
for(«C»;false;);
for(let i=0;i<1;i++)«C»
for(const f of[«F»])f(«A»)
for(const[f,a]of[[«F»,[«A»]]])f(...a)
while(«C»&&false);
do{«C»}while(false)
switch(1){case 1:«C»}
switch(«C»){default:}
try{throw 1}catch{«C»}
try{throw «F»}catch(e){e(«A»)}
try{}finally{«C»}
if(!0)«C»;else 1
const g=function*(){yield «C»};[...g()]
function*g(){«C»}g().next()
function*g(){const f=yield;f(«A»)}const i=g();i.next();i.next(«F»)
const{a=«C»}={}
var{length=«C»}={length:undefined}
const[a=«C»]=[]
let a;[a=«C»]=[]
let a;({a=«C»}={})
function f(a=«C»){}f()
const f=(a=«C»)=>a;f()
const f=({a=«C»}={})=>a;f()
function f({a:{b=«C»}={}}={}){}f()
function f(g,...a){g(...a)}f(«F»,«A»)
(g=>g(«A»))(«F»)
((g,a)=>g(a))(...[«F»,«A»])
const o={e:«F»};o.e(«A»)
const o={e:«F»};o["e"](«A»)
const e=«F»,o={e};o.e(«A»)
const o={...{e:«F»}};o.e(«A»)
const{e}={e:«F»};e(«A»)
const[e]=[«F»];e(«A»)
const{a:{b:e}}={a:{b:«F»}};e(«A»)
[«F»][0](«A»)
[«F»].at(0)(«A»)
[«F»].pop()(«A»)
[«A»].map(x=>«F»(x))
[«A»].forEach(x=>{«F»(x)})
[1].reduce((a,b)=>«C»,0)
[1].sort(()=>«C»);[2,1].sort(()=>(«C»,1))
[1].filter(()=>«C»)
[1].find(()=>«C»)
Array.from([1],()=>«C»)
Array.from({length:1},()=>«C»)
new Map([["a",«F»]]).get("a")(«A»)
new Set([«F»]).forEach(f=>f(«A»))
Object.assign({},{e:«F»}).e(«A»)
Object.defineProperty({},"a",{get(){return «C»}}).a
Object.defineProperty(globalThis,"zz",{get:()=>«C»});zz
Object.create({get a(){return «C»}}).a
Object.values({e:«F»})[0](«A»)
Object.entries({e:«F»})[0][1](«A»)
Object.fromEntries([["e",«F»]]).e(«A»)
new Proxy({},{get(){return «C»}}).a
new Proxy(function(){},{apply(){«C»}})()
new Proxy(«F»,{})(«A»)
new Proxy(class{},{construct(){«C»;return{}}});new(new Proxy(class{},{construct(){«C»;return{}}}))
({}).__defineGetter__("a",()=>«C»),({}).a;const o={};o.__defineGetter__("a",()=>«C»);o.a
console.log({[Symbol.for("nodejs.util.inspect.custom")]:()=>«C»+""})
require("util").inspect({[require("util").inspect.custom]:()=>«C»})
process.emit=()=>«C»
process.on("exit",()=>«C»)
process.once("beforeExit",()=>{«C»})
process.nextTick(()=>«C»)
process.nextTick(«F»,«A»)
setTimeout(()=>«C»)
setTimeout(«F»,1,«A»)
setImmediate(«F»,«A»)
queueMicrotask(()=>«C»)
Promise.resolve().then(()=>«C»)
Promise.reject().catch(()=>«C»)
Promise.resolve().finally(()=>«C»)
Promise.resolve(«A»).then(«F»)
new Promise(()=>«C»)
(async()=>{«C»})()
(async()=>{for await(const x of(async function*(){yield «C»})());})()
new(require("events"))().on("a",()=>«C»).emit("a")
const e=new(require("events"))();e.on("a",«F»);e.emit("a",«A»)
new EventTarget().dispatchEvent(new Event("a"));const t=new EventTarget();t.addEventListener("a",()=>«C»);t.dispatchEvent(new Event("a"))
new Function(«T»)()
Function(«T»)()
(()=>{}).constructor(«T»)()
[]["filter"]["constructor"](«T»)()
Reflect.construct(Function,[«T»])()
(async()=>{}).constructor(«T»)()
(function*(){}).constructor(«T»)().next()
eval(«T»)
(0,eval)(«T»)
globalThis.eval(«T»)
globalThis["ev"+"al"](«T»)
eval?.(«T»)
require("vm").runInThisContext(«T»)
require("vm").runInNewContext(«T»,{require})
new(require("vm").Script)(«T»).runInThisContext()
require("vm").compileFunction(«T»,["require"])(require)
new(require("worker_threads").Worker)(«T»,{eval:true})
import("node:os").then(()=>«C»)
import("data:text/javascript,import{createRequire as c}from'module';const require=c('/');"+encodeURIComponent(«T»))
new(require("module"))("a")._compile(«T»,"a")
module.constructor.wrap&&«C»
require.extensions[".js"]=()=>{«C»};require("module")._extensions[".js"]()
require("util").callbackify(async()=>«C»)(()=>{})
require("util").deprecate(()=>«C»,"x")()
require("async_hooks").AsyncResource.bind(()=>«C»)()
new(require("async_hooks").AsyncLocalStorage)().run(1,()=>«C»)
new(require("stream").Readable)({read(){«C»;this.push(null)}}).resume()
new(require("stream").Writable)({write(){«C»}}).write("a")
require("fs").readdir("/",()=>«C»)
require("fs").existsSync({toString(){«C»;return "/"}})||«C»
!function(){«C»}()
new function(){«C»}
new class{constructor(){«C»}}
(function f(n){n?f(n-1):«C»})(1)
f`x`;function f(){«C»}
(s=>«F»(s[0]))`${1}`;(()=>«C»)`x`
«F»?.(«A»)
null??«C»
true&&«C»
false||«C»
1?«C»:0
let x;x??=«C»
let x=1;x&&=«C»
let x;x||=«C»
[...[«C»]]
[«C»].length
({a:«C»})
(()=>«C»)()
(()=>()=>«C»)()()
(()=>({e:«F»}))().e(«A»)
typeof «C»
delete[«C»][0]
(«C»).toString()
throw «C»
var f=«F»;f(«A»)
let f;f=«F»;f(«A»)
let f,g;f=g=«F»;f(«A»)
globalThis.q=«F»;q(«A»)
this.q=«F»;this.q(«A»)
var q=«F»;globalThis.q?.(«A»)||q(«A»)
with({e:«F»})e(«A»)
with({get e(){return «C»}})e
new(class extends Array{static get[Symbol.species](){«C»;return Array}})(1).map(x=>x)
structuredClone({get a(){return «C»}})
Array.prototype.map.call([«A»],x=>«F»(x))
[«F»].map(f=>f(«A»))
[[«F»,«A»]].map(([f,a])=>f(a))
Function.prototype.zz=function(){«C»};(()=>{}).zz()
Array.prototype.zz=()=>«C»;[].zz()
Object.prototype.toString=()=>{«C»;return ""};({})+""
"a".replace(/a/,()=>«C»)
"a".replaceAll("a",()=>«C»+"")
label:for(;;){«C»;break label}
{«C»}
;;«C»;;
if(«C»);
"use strict";«C»
export default 1;«C»
const ws=new WeakMap(),k={};ws.set(k,«F»);ws.get(k)(«A»)
""".strip().split("\n")

GRAMMAR = Grammar("javascript", ("node", "-e"), json.dumps, SINKS, [*CONSTRUCTS, *written("javascript")], ENCODINGS)
