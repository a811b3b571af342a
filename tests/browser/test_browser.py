"""The browser of these tests keeps to this machine."""

from urllib.parse import quote


def test_what_a_page_asks_of_other_machines_is_noted_and_not_answered(visit):
    asking = '<!doctype html><html lang="en"><title>x</title><img src="https://example.org/x.png" alt="x">'
    seen = visit(f"data:text/html,{quote(asking)}")
    assert seen.outward == ["https://example.org/x.png"]
    assert any("ERR_FAILED" in line for line in seen.complaints)
    assert any(line.startswith("page-has-heading-one") for line in seen.violations())
