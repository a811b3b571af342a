"""How the page looks: colours that hold in the light and in the dark."""

from market.views.theme import BAD, COLOURS

FIRST, SECOND = COLOURS[:2]
LETTERS = {"h3": {"fontSize": "1.05rem", "fontWeight": 500}}
THEME = {
    "light": {"palette": {"primary": {"main": FIRST}}, "typography": LETTERS},
    "dark": {"palette": {"primary": {"main": "#2A86C8"}}, "typography": LETTERS},
}
"""Of Material UI: the blue of figures, in the dark one on which white can be read."""

CSS = f"""
:host {{ color: var(--mui-palette-text-primary, inherit); font-family: Roboto, system-ui, sans-serif; }}
h1 {{ font-size: 1.2rem; font-weight: 500; margin: 0.4rem 0 0; }}
h2 {{ font-size: 1.1rem; margin: 0.6rem 0 0; }} h3 {{ font-size: 1rem; margin: 0.4rem 0 0; }}
p {{ margin: 0.35rem 0; line-height: 1.45; max-width: 80ch; }} small {{ opacity: 0.75; font-weight: 400; }}
section {{ border-left: 3px solid {FIRST}; padding: 0 0.9rem; margin: 0.5rem 0; overflow-wrap: anywhere; }}
section + section {{ border-color: {SECOND}; }}
progress {{ width: 100%; height: 6px; accent-color: {FIRST}; }}
.wrong {{ color: {BAD}; font-size: 0.85rem; }}
.status {{ min-height: 1.4em; }} .status b {{ font-weight: 600; }}
.wide {{ overflow-x: auto; max-width: 100%; margin: 0.4rem 0 1rem; }}
table {{ border-collapse: collapse; font-size: 0.82rem; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.22rem 0.6rem; white-space: nowrap; }} .right {{ text-align: right; }} .left {{ text-align: left; }}
thead th {{ border-bottom: 1px solid currentColor; vertical-align: bottom; white-space: normal; }}
tr.first td {{ border-top: 1px solid color-mix(in srgb, currentColor 30%, transparent); }}
.headlines {{ width: 100%; }} .headlines th {{ font-weight: 400; white-space: normal; }}
.headlines .left {{ min-width: 9.5rem; }}
.headlines thead th, .headlines td {{ font-weight: 600; white-space: nowrap; }}
.headlines thead .left {{ white-space: normal; }}
.grid {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 1rem;
  align-items: start; }}
figure {{ margin: 0 0 1rem; min-width: 0; overflow-x: auto; }} figure svg {{ min-width: 640px; }}
figcaption {{ font-size: 0.9rem; font-weight: 500; margin-bottom: 0.2rem; }}
svg {{ max-width: 100%; height: auto; display: block; }}
"""
