"""The page of a result: complete in itself, the same bytes for the same result, and open to no request to anywhere."""

from __future__ import annotations

import os
import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from market.parameters import InputError
from market.registry import import_all
from market.saving.manifest import DamageError, read_manifest
from market.views.report.sections import Reported, sections_of
from market.views.report.titles import facts, heading
from market.views.results import existing, kind_of, opened
from market.wording import is_control

QUESTION = "Is each AI model a profitable company of its own, and does that survive competition?"


def page(folder: str | os.PathLike[str]) -> str:
    """Lay out a folder's result as HTML.

    Raises
    ------
    InputError
        If there is no such folder, or it holds no complete result.
    """
    import_all(__package__)  # sections are found where they are declared
    result = opened(folder)
    try:
        noted = read_manifest(existing(folder))
    except DamageError as error:
        raise InputError(f"{os.fspath(folder)}: {error}") from None
    reported = Reported(result, kind_of(result), noted)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(title=heading(result), question=QUESTION, facts=facts(result), sections=list(sections_of(reported)))
    )


def _environment() -> Environment:
    """Templates that write every text as text, and stop at a name that is not there."""
    templates = Environment(
        loader=PackageLoader("market.views.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["soft"] = _soft
    return templates


def _soft(text: str) -> Markup:
    """Text, escaped, that may be broken within names such as labs.*.training_growth."""
    return Markup(re.sub(r"(?<=[A-Za-z*])([._])(?=[A-Za-z*])", r"\1<wbr>", str(escape(_shown(text)))))


def _shown(value: Any) -> Any:
    """Text without characters that would do something to a line or its direction; anything else as it is."""
    if type(value) is not str:
        return value
    return "".join("\N{REPLACEMENT CHARACTER}" if is_control(c) and c not in "\n\t" else c for c in value)
