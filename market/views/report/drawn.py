"""Figures as SVG within a page: text stays text, and names within a figure are its own."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from market.views import plots
from market.views.report.blocks import Drawn

POINTS_PER_INCH, PIXELS_PER_INCH = 72, 96

_NAME = re.compile(r'(\bid="|"#|url\(#)')


def figures_of(kind: str, result: Any) -> Iterator[Drawn]:
    """Draw all pictures of all figures that a kind of result has, in the order of the registry."""
    for name, one in plots.FIGURES.items():
        for number, picture in enumerate(one.reads(result) if one.needs == kind else ()):
            labels = [picture.labels.get(side, "") for side in ("ylabel", "xlabel")]
            over = " over ".join(filter(None, labels))
            title = f"{one.title}: {over}" if over else one.title
            drawing = one.draw(picture)
            light = svg(drawing, f"{name}-{number}-", title)
            yield Drawn(title[:1].upper() + title[1:], light, width=round(drawing.get_figwidth() * PIXELS_PER_INCH))


def svg(figure: Figure, prefix: str, label: str) -> str:
    """A figure as an element of a page, the same bytes each time.

    Parameters
    ----------
    prefix : begins every name within it, so that no two figures of a page share one.
    label : what it shows, for those who do not see it.
    """
    out = io.StringIO()
    with rc_context({"svg.hashsalt": prefix, "svg.fonttype": "none"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    body = out.getvalue()
    body = _NAME.sub(rf"\g<1>{prefix}", body[body.index("<svg") :])
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.S)
    head, _, rest = body.partition(">")
    named = re.sub(r' (width|height|xmlns(:\w+)?)="[^"]*"', "", head)
    return f'{named} role="img" aria-label="{label}">{rest}'.rstrip()
