"""The check of all pages works wherever it is called from."""

import asyncio

from starlette.applications import Starlette

from tacenda.app.desk import Desk
from tacenda.web.application import create_app
from tacenda.web.check import check_pages


def test_a_running_event_loop_does_not_stop_it(desk: Desk) -> None:
    app: Starlette = create_app(desk)

    async def inside() -> bool:
        return all(page.good for page in check_pages(app))

    assert asyncio.run(inside())
