"""Fetches something over HTTP. ATT&CK T1071.001."""

from __future__ import annotations

from flycatcher.core.payload.conditions import is_url, matches, tainted
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="network.fetch",
    technique="T1071.001",
    points=10,
    sentence="asks a web server for data",
    calls={
        "python": (
            Calls(
                "urllib.request.urlopen urllib.urlopen urllib2.urlopen requests.get requests.post "
                "requests.request requests.put httpx.get httpx.post urllib3.PoolManager "
                "http.client.HTTPConnection http.client.HTTPSConnection httplib.HTTPConnection "
                "aiohttp.ClientSession urllib.request.Request"
            ),
        ),
        "perl": (
            Calls(
                "LWP::Simple::get HTTP::Tiny.new LWP::UserAgent.new HTTP::Tiny.new().get "
                "LWP::UserAgent.new().get WWW::Mechanize.new"
            ),
            Calls("get getstore getprint", matches(0, "^[a-z]+://")),
        ),
        "ruby": (
            Calls(
                "Net::HTTP.get Net::HTTP.get_response Net::HTTP.start Net::HTTP.post "
                "Net::HTTP.post_form Net::HTTP.new URI.open OpenURI.open_uri *.open_uri Faraday.get "
                "HTTParty.get"
            ),
            Calls("open", matches(0, "^(?:https?|ftp)://")),
            Calls("open Kernel.open", tainted(0, "environment")),
        ),
        "javascript": (
            Calls(
                "http.get https.get http.request https.request fetch axios.get axios.post axios "
                "XMLHttpRequest http2.connect undici.fetch got node-fetch java.net.URL *.openStream"
            ),
            Calls("readFully load jrunscript.cp", is_url(0)),
        ),
        "php": (
            Calls("curl_init curl_exec"),
            Calls("file_get_contents fopen file readfile copy", matches(0, "^(?:https?|ftp)://")),
        ),
        "lua": (Calls("socket.http.request http.request ssl.https.request"),),
        "shell": (Calls("curl wget"),),
        "r": (Calls("download.file url curl::curl httr::GET readLines(url)"),),
        "julia": (Calls("download Downloads.download HTTP.get"),),
        "powershell": (Calls("Invoke-WebRequest iwr Invoke-RestMethod irm System.Net.WebClient Net.WebClient"),),
        "emacs-lisp": (Calls("url-retrieve url-retrieve-synchronously url-copy-file"),),
        "groovy": (Calls("*.toURL URL java.net.URL"),),
    },
    uses={"powershell": "net.webclient system.net.webclient system.net.http.httpclient msxml2.xmlhttp"},
)
