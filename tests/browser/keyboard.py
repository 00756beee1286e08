"""Can a page be used with the keyboard alone? Tab reaches everything, shows where it is, and gets out again."""

from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page

BEGIN = """() => {
  const open = document.querySelector("dialog:modal") || document.body;
  const wanted = "a[href], area[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable]";
  window.stops = [...open.querySelectorAll(wanted)].filter(one =>
    !one.matches(":disabled") && one.type !== "hidden" && one.tabIndex >= 0 && !one.closest("[inert]")
    && one.checkVisibility({visibilityProperty: true})
    && !(one.localName === "summary" && one.parentElement.querySelector("summary") !== one));
  window.looks = one => { const style = getComputedStyle(one); return ["outlineStyle", "outlineWidth", "outlineColor",
    "boxShadow", "borderColor", "borderWidth", "backgroundColor", "textDecorationLine"].map(name => style[name]); };
  if (document.activeElement) document.activeElement.blur();
  window.atRest = stops.map(looks);
  window.end = document.createElement("span");
  end.tabIndex = 0;
  open.append(end);
  const top = document.createElement("span");
  top.tabIndex = -1;
  open.prepend(top);
  top.focus();
  top.remove();
  scrollTo(0, 0);
  return stops.map(one => one.type === "radio" ? `radio ${one.name}` : "");
}"""
"""puts a stop of its own at the end, which is reached by whoever gets out; gives for each stop its group, if it is a
radio button: Tab leads to one of them"""
WHERE = """() => {
  const one = document.activeElement;
  if (one === end) return "end";
  if (!one || one === document.body) return null;
  const number = stops.indexOf(one), now = looks(one), rest = atRest[number] || [];
  const [style, width, color] = now;
  const outlined = style !== "none" && parseFloat(width) > 0 && !/, 0\\)$|^transparent$/.test(color);
  const box = one.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {number, what: `<${one.localName}${one.type ? " " + one.type : ""}>`,
    text: one.textContent.trim().slice(0, 40),
    shown: outlined || now.slice(3).some((value, index) => value !== rest[index + 3]),
    covered: !(at && (one.contains(at) || at.contains(one) || [...(one.labels || [])].some(l => l.contains(at)))),
    box: [box.x - 8, box.y - 8, box.width + 16, box.height + 16]};
}"""


@dataclass(frozen=True)
class TabStop:
    """Where one press of Tab leads."""

    what: str
    """the element: `<a>`, `<input email>`"""
    role: str
    name: str
    """as the browser tells it to a screen reader"""
    shown: bool
    """whether its looks change when it has the focus"""
    covered: bool
    """whether something lies over its middle, such as a bar that stays in place"""


def tab_stops(page: Page) -> list[TabStop]:
    """Where Tab leads from the top of the page to its end, in that order.

    Raises AssertionError when Tab does not get out again, or passes by something that could have the focus.
    """
    groups: list[str] = page.evaluate(BEGIN)
    session = page.context.new_cdp_session(page)
    seen: list[int] = []
    stops: list[TabStop] = []
    # more than once only inside a frame, and where a page takes the focus away
    for _ in range(3 * len(groups) + 10):
        page.keyboard.press("Tab")
        where = page.evaluate(WHERE)
        if where == "end":
            break
        if where is None or (seen and where["what"] == "<iframe>" and where["number"] == seen[-1]):
            continue
        assert where["number"] not in seen, f"Tab comes back to {where['what']} {where['text']!r} and gets no further"
        seen.append(where["number"])
        shown = where["shown"] or _looks_change(page, where["box"])
        stops.append(TabStop(where["what"], *_told(session), shown, where["covered"]))
    session.detach()
    page.evaluate("end.remove()")
    chosen = {groups[number] for number in seen if number >= 0} - {""}
    missed = [number for number, group in enumerate(groups) if number not in seen and group not in chosen]
    assert not missed, f"Tab passes by {page.evaluate('all => all.map(one => stops[one].outerHTML)', missed)}"
    return stops


def keyboard_faults(page: Page) -> list[str]:
    """What is wrong for those who use the keyboard alone, a sentence each; empty if nothing is."""
    try:
        stops = tab_stops(page)
    except AssertionError as trap:
        return [str(trap)]
    return [
        f"{stop.what} {stop.name!r} {wrong}"
        for stop in stops
        for wrong, is_so in (
            ("has no name", not stop.name),
            ("does not show that it has the focus", not stop.shown),
            ("is covered when it has the focus", stop.covered),
        )
        if is_so
    ]


def _told(session: CDPSession) -> tuple[str, str]:
    """The role and the name of what has the focus."""
    focused = session.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]["objectId"]
    tree = session.send("Accessibility.getPartialAXTree", {"objectId": focused, "fetchRelatives": False})
    node = tree["nodes"][0]
    return node.get("role", {}).get("value", ""), node.get("name", {}).get("value", "")


def _looks_change(page: Page, box: list[float]) -> bool:
    """Whether the page looks different there without the focus; the focus is put back."""
    x, y, width, height = box
    clip = {"x": max(x, 0), "y": max(y, 0), "width": width, "height": height}
    with_focus = page.screenshot(clip=clip, caret="initial")
    page.evaluate("() => { window.kept = document.activeElement; kept.blur(); }")
    without = page.screenshot(clip=clip, caret="initial")
    page.evaluate("() => kept.focus({preventScroll: true})")
    return with_focus != without
