"""What does the server answer, and to which addresses?"""

from importlib.resources import as_file, files

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web import areas
from web.cookies import set_cookies
from web.errors import problem_page
from web.office import Office
from web.routes import add_pages, must_declare
from web.security import Security
from web.visitor import ask_of

STATIC = "/static"


class _Kept(StaticFiles):
    """Files whose address holds a digest of their content: `/static/DIGEST/NAME`."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        _, _, name = path.partition("/")
        response = await super().get_response(name, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        return response


def create_app(office: Office) -> FastAPI:
    """The pages of an installation. Raises RuntimeError for a route that declares no policy."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.office = office
    with as_file(files("web") / "static") as folder:
        app.router.routes.append(Mount(STATIC, _Kept(directory=folder)))
    add_pages(app, areas.ALL)
    must_declare(app, without=(STATIC,))
    app.add_middleware(Security, now=office.clock.now, https=office.is_https)

    async def problem(request: Request, raised: Exception) -> Response:
        ask = ask_of(request, request.state.arrived)
        return set_cookies(ask, problem_page(ask, raised))

    app.add_exception_handler(HTTPException, problem)
    app.add_exception_handler(Exception, problem)
    return app
