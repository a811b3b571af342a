"""Serve the page on this machine alone: everything it needs comes from installed packages."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable

from market.parameters import InputError, whole

HOST = "127.0.0.1"


def free_port(port: int) -> int:
    """A port that can be listened on.

    Parameters
    ----------
    port : the one that is asked for; 0 for any.

    Raises
    ------
    InputError
        If it is no port, taken, or not allowed to this user.
    """
    port = whole("--port", port, 0, 65535)
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise InputError(f"--port: {port} cannot be had ({why}); allowed: a free port, or 0 for any") from None
        return int(probe.getsockname()[1])


def serve(source: str, port: int, show: bool, say: Callable[[str], None]) -> None:
    """Serve the page until control-C.

    Parameters
    ----------
    source : name or file of the scenario to open with.   port : to listen on, as `free_port` gives it.
    show : whether a browser opens.   say : called with the page's address as soon as it answers.
    """
    import panel as pn

    from market.views.dashboard.page import Page
    from market.views.dashboard.session import stop_all

    logging.getLogger("bokeh").setLevel(logging.ERROR)
    for name in ("bokeh.server.views.ws", "tornado.access"):  # that others are refused is nothing to tell
        logging.getLogger(name).setLevel(logging.CRITICAL)
    origins = [f"{HOST}:{port}", f"localhost:{port}"]
    pn.extension(sizing_mode="stretch_width")
    server = pn.serve(
        lambda: Page(source).view, address=HOST, port=port, websocket_origin=origins, show=False, start=False,
        verbose=False,
    )  # fmt: skip
    server.start()
    say(f"http://{HOST}:{port}/")
    if show:
        server.io_loop.add_callback(server.show, "/")
    try:
        server.io_loop.start()
    finally:
        stop_all()
