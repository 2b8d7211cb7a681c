"""Plots as plain SVG, readable on a light and on a dark page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LABELS, BAR, GAP, END = 720, 130, 20, 12, 70
STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1f2328 }
    .quiet { fill: #59636e } .axis { stroke: #d1d9e0 } .spread { stroke: #1f2328 }
    .ours { fill: #0969da } .other { fill: #8c959f }
    .ours.pale { fill: #80b3f0 } .other.pale { fill: #c8cdd2 }
    .line { fill: none; stroke: #8c959f; stroke-width: 2 } .line.first { stroke: #0969da }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc } .quiet { fill: #9198a1 } .axis { stroke: #3d444d }
      .spread { stroke: #f0f6fc }
      .ours { fill: #4493f8 } .other { fill: #6e7681 }
      .ours.pale { fill: #1f5aa8 } .other.pale { fill: #454c54 }
      .line { stroke: #8b949e } .line.first { stroke: #4493f8 }
    }"""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: parts laid end to end, a spread on top of it, and what is said beside it."""

    label: str
    parts: Sequence[float]
    said: str
    ours: bool = False
    spread: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Group:
    """Bars that are compared with each other."""

    title: str
    bars: Sequence[Bar]

    @property
    def most(self) -> float:
        """How far the longest of them reaches."""
        return max(max(sum(bar.parts), *(bar.spread or (0,))) for bar in self.bars)


def bars(groups: Sequence[Group], *, title: str, each_its_scale: bool = False) -> str:
    """Groups of bars below each other, on one scale or each on its own."""
    most = max(group.most for group in groups)
    drawn, y = [], 8
    for group in groups:
        scale = (WIDTH - LABELS - END) / (group.most if each_its_scale else most)
        y += 16
        drawn.append(text(0, y, group.title, cls="quiet"))
        y += GAP
        for bar in group.bars:
            drawn.append(one_bar(bar, y, scale))
            y += BAR + GAP // 2
        y += GAP
    return svg("".join(drawn), height=y, title=title)


def one_bar(bar: Bar, y: float, scale: float) -> str:
    """A label, the parts, the spread, the figure."""
    middle, x = y + BAR / 2 + 4, float(LABELS)
    drawn = [text(LABELS - 8, middle, bar.label, anchor="end")]
    for place, part in enumerate(bar.parts):
        kind = ("ours" if bar.ours else "other") + (" pale" if place else "")
        drawn.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{part * scale:.1f}" height="{BAR}"/>'
        )
        x += part * scale
    if bar.spread:
        low, high = (LABELS + value * scale for value in bar.spread)
        line = y + BAR / 2
        drawn.append(
            f'<path class="spread" d="M{low:.1f} {line}H{high:.1f}M{low:.1f} {line - 4}v8'
            f'M{high:.1f} {line - 4}v8"/>'
        )
        x = max(x, high)
    drawn.append(text(x + 6, middle, bar.said))
    return "".join(drawn)


def curves(
    lines: Sequence[tuple[str, Sequence[float]]], *, title: str, unit: str, left: float
) -> str:
    """How many of all (upwards, in percent) took at most so long (sideways, by powers of two)."""
    height, top, bottom = 280, 16, 236
    most = max(values[-1] for _, values in lines)
    octaves = math.ceil(math.log2(most / left)) or 1
    step = (WIDTH - LABELS - END) / octaves

    def across(value: float) -> float:
        return LABELS + max(0.0, math.log2(max(value, left) / left)) * step

    drawn = []
    for share in (0, 25, 50, 75, 100):
        y = bottom - (bottom - top) * share / 100
        drawn.append(f'<path class="axis" d="M{LABELS} {y}H{WIDTH - END}"/>')
        drawn.append(text(LABELS - 8, y + 4, f"{share} %", anchor="end", cls="quiet"))
    for octave in range(octaves + 1):
        said = f"{left * 2**octave:g} {unit}"
        drawn.append(text(LABELS + octave * step, bottom + 20, said, anchor="middle", cls="quiet"))
    for place, (label, values) in enumerate(lines):
        points = " ".join(
            f"{across(value):.1f},{bottom - (bottom - top) * share / (len(values) - 1):.1f}"
            for share, value in enumerate(values)
        )
        first = " first" if not place else ""
        drawn.append(f'<polyline class="line{first}" points="{points}"/>')
        y = top + 20 * (place + 1)
        drawn.append(f'<path class="line{first}" d="M{LABELS + 8} {y - 4}h20"/>')
        drawn.append(text(LABELS + 36, y, label))
    return svg("".join(drawn), height=height, title=title)


def text(x: float, y: float, said: str, *, anchor: str = "start", cls: str = "") -> str:
    """Words at a place."""
    kind = f' class="{cls}"' if cls else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escape(said)}</text>'


def svg(body: str, *, height: float, title: str) -> str:
    """The whole picture, with its title for whoever does not see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="{WIDTH}" role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>'
        f"<style>{STYLE}\n</style>{body}</svg>\n"
    )
