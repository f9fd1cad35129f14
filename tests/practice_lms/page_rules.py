"""Rules that every page of the practice LMS keeps, read from its HTML."""

from __future__ import annotations

from html.parser import HTMLParser

FIELDS = {"input", "select", "textarea"}


class PageReader(HTMLParser):
    """Collects what the rules speak of."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.headings: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.iframes: list[dict[str, str]] = []
        self.inline_scripts = 0
        self.header_cells: list[dict[str, str]] = []
        self.outside: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        self.outside += [found[name] for name in ("src", "href") if found.get(name, "").startswith(("http", "//"))]
        if tag == "html":
            self.language = found.get("lang", "")
        elif tag in {"h1", "h2", "h3"}:
            self.headings.append(tag)
        elif tag == "label":
            self.labels.add(found.get("for", ""))
        elif tag in FIELDS and found.get("type") != "hidden":
            self.fields.append(found)
        elif tag == "iframe":
            self.iframes.append(found)
        elif tag == "script" and "src" not in found:
            self.inline_scripts += 1
        elif tag == "th":
            self.header_cells.append(found)


def broken_rules(html: str) -> list[str]:
    """Return each rule that a page breaks, in words."""
    page = PageReader()
    page.feed(html)
    checks = {
        "the page says its language": page.language == "en",
        "there is one h1": page.headings.count("h1") == 1,
        "the h1 comes first": page.headings[:1] == ["h1"],
        "every field has a label": all(field.get("id") in page.labels for field in page.fields),
        "every frame has a title": all(frame.get("title") for frame in page.iframes),
        "every header cell says its direction": all(cell.get("scope") for cell in page.header_cells),
        "there is no inline script": page.inline_scripts == 0,
        "nothing is loaded from elsewhere": not page.outside,
        "ids are unique": len(set(page.ids)) == len(page.ids),
    }
    return [rule for rule, kept in checks.items() if not kept]
