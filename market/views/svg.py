"""A figure as inline SVG for a page: the same bytes each time, with a title and a description for screen readers."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from market.saving.manifest import checksum
from market.views.sheet import Sheet
from market.views.theme import LIGHT, style, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SVG, LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", LINK)


def svg(drawn: Figure) -> str:
    """Write a figure as an SVG element; text stays text, so that it can be searched and read aloud in any script.

    Its identifiers begin with a digest of its content, so that several figures can stand on one page.
    """
    text = io.BytesIO()
    with styled(drawn.settings if isinstance(drawn, Sheet) else style()):
        drawn.savefig(text, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    mark = f"f{checksum(text.getvalue())[:10]}"
    root = ElementTree.fromstring(text.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        _own(element, mark)
    root.set("style", "stroke-linejoin: round; stroke-linecap: butt")
    root.set("role", "img")
    said: list[str] = []
    for tag, words in (("desc", _words(drawn)), ("title", getattr(drawn, "heading", ""))):
        if words:
            element = ElementTree.Element(f"{{{SVG}}}{tag}", id=f"{mark}-{tag}")
            element.text = words
            root.insert(0, element)
            said.insert(0, f"{mark}-{tag}")
    if said:
        root.set("aria-labelledby", " ".join(said))
    return ElementTree.tostring(root, encoding="unicode")


def svg_on_page(drawn: Figure, tones: Mapping[str, str]) -> str:
    """Write a figure for light paper as an SVG element whose tones are those of the page, whatever light that is in.

    Parameters
    ----------
    tones : colours of the page, such as variables of CSS, by name of a tone: see `market.views.theme.LIGHT`.
    """
    text = svg(drawn)
    for tone, colour in LIGHT.items():
        text = re.sub(colour, tones[tone], text, flags=re.IGNORECASE)
    return text


def _own(element: ElementTree.Element, mark: str) -> None:
    """Put a mark before an element's identifier and before those that it refers to."""
    for name, value in element.attrib.items():
        if name == "id":
            element.set(name, f"{mark}-{value}")
        elif name == f"{{{LINK}}}href" and value.startswith("#"):
            element.set(name, f"#{mark}-{value[1:]}")
        elif "url(#" in value:
            element.set(name, re.sub(r"url\(#", f"url(#{mark}-", value))


def _words(drawn: Figure) -> str:
    return " ".join(filter(None, (getattr(drawn, "words", ""), getattr(drawn, "source", ""))))
