"""A site with one fault a page, planted so that each check can be seen to find it, and a page without."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

STRICT = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Calls</title>
<link rel="stylesheet" href="/style.css">
{head}
</head>
<body>
<main>
<h1>Calls</h1>
{main}
</main>
</body>
</html>
"""
SOUND = """<p><a href="/call/2019?as=text#top">The call of 2019</a> and <a href="mailto:a@house.example">mail</a></p>
<p><a href="https://elsewhere.example/">Elsewhere</a></p>
<form action="/search">
<p><label>For <input name="for" value="x y"></label>
<label>In <select name="in"><option>nl</option><option selected>fr</option></select></label>
<label><input type="radio" name="order" value="up"> up</label>
<label><input type="radio" name="order" value="down"> down</label>
<button>Search</button></p>
</form>
<form action="/spend" method="post"><p><button>Spend</button></p></form>"""
FAULTS: Mapping[str, tuple[str, str]] = {
    # what is in the page, and what in its head
    "/sound": (SOUND, ""),
    "/no-alt": ('<p><img src="/pixel.svg"></p>', ""),
    "/wide": ('<p class="wide">wide</p>', ""),
    "/trap": ('<p><a href="/sound">One</a> <input aria-label="Trap" id="trap"> <a href="/sound">Two</a></p>',
              '<script src="/trap.js" defer></script>'),
    "/jump": ('<p><a href="/sound">One</a> <a href="/sound" id="passed">Two</a> <a href="/sound">Three</a></p>',
              '<script src="/jump.js" defer></script>'),
    "/no-focus": ('<p><a href="/sound" class="plain">Plain</a></p>', ""),
    "/own-focus": ('<p><a href="/sound" class="own">Own</a></p>', ""),
    "/beside-focus": ('<p><input type="checkbox" id="c" class="plain"><label for="c">Beside</label></p>', ""),
    "/no-name": ("<p><button></button></p>", ""),
    "/covered": ('<p class="over">over</p><p><a href="/sound">Under</a></p>', ""),
    "/small": ('<p><button class="small">1</button><button class="small">2</button></p>', ""),
    "/outside": ('<p><img src="http://elsewhere.example/pixel.png" alt="Outside"></p>', ""),
    "/inline": ('<p style="color: red">red</p>', ""),
    "/shouting": ("<p>shouting</p>", '<script src="/shouting.js"></script>'),
    "/throwing": ("<p>throwing</p>", '<script src="/throwing.js"></script>'),
    "/invalid": ("<p><b>open</p>", ""),
    "/broken": ('<p><a href="/fails">Fails</a> <a href="/gone">Gone</a> <a href="/moved">Moved</a></p>', ""),
    "/no-picture": ('<p><img src="/gone.svg" alt="Gone"></p>', ""),
    "/search": ("<p>Found</p>", ""),
    "/call/2019": ('<p><a href="/sound">Back</a></p>', ""),
}  # fmt: skip
FILES = {
    "/style.css": ("text/css", """
body { margin: 0 } .wide { width: 2000px } .plain:focus { outline: none } .own:focus { outline: none; color: #00f }
.own { color: #006 } .plain:focus + label { text-decoration: underline }
.small { width: 9px; height: 9px; padding: 0; border: 0 }
.over { position: fixed; left: 0; top: 0; width: 100%; height: 100%; margin: 0; background: #fff }"""),
    "/pixel.svg": ("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    "/trap.js": ("text/javascript",
                 "document.getElementById('trap').onkeydown = key => { if (key.key === 'Tab') key.preventDefault() }"),
    "/jump.js": ("text/javascript", "document.getElementById('passed').onfocus = event => event.target.blur()"),
    "/shouting.js": ("text/javascript", "console.error('something is wrong')"),
    "/throwing.js": ("text/javascript", "missing()"),
}  # fmt: skip


def faulty_site(policy: str = STRICT) -> Starlette:
    """The site, under a Content-Security-Policy."""

    def answer(request: Request) -> Response:
        path = request.url.path
        if path == "/fails":
            return HTMLResponse("<p>failed", 500)
        if path == "/moved":
            return RedirectResponse("/call/2019")
        if path in FILES:
            kind, content = FILES[path]
            return Response(content, media_type=kind)
        if path not in FAULTS:
            return HTMLResponse(PAGE.format(main="<p>There is no such page.</p>", head=""), 404)
        main, head = FAULTS[path]
        return HTMLResponse(PAGE.format(main=main, head=head), headers={"Content-Security-Policy": policy})

    return Starlette(routes=[Route("/{path:path}", answer)])
