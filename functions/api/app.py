"""The ASGI application: its routes, and what stands around all of them."""

from fastapi import FastAPI

from functions.api import account, companies, docs, health, openapi, problems, scrape
from functions.api.guard import Guard

app = FastAPI(
    title="Firmograph",
    version=openapi.VERSION,
    description=openapi.DESCRIPTION,
    docs_url=None,
    redoc_url=None,
    redirect_slashes=False,
    generate_unique_id_function=lambda route: route.name,
    separate_input_output_schemas=False,  # a section that was not asked for is absent, so none is "required"
)
app.add_middleware(Guard)
problems.install(app)
for module in (scrape, companies, account):
    app.include_router(module.router, responses=problems.responses(401, 422, 500, 503))
for module in (health, docs):
    app.include_router(module.router)
app.mount("/docs/static", docs.files)
openapi.install(app)
