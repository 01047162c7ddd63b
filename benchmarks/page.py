"""The results as one page that needs nothing else: for each part the goals, a plot, and the same figures as a table."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from html import escape
from types import ModuleType

from benchmarks.measuring import Report

_STYLE = {
    "background": "transparent", "plot_background": "transparent", "colors": ("#1f5fa8",),
    "foreground": "#111", "foreground_strong": "#111", "foreground_subtle": "#444",
    "font_family": "system-ui, sans-serif",
}  # fmt: skip
_SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
_CSS = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111}"
    "table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #767676;padding:.25rem .6rem}"
    "td{text-align:right}th{text-align:left}figure{margin:1rem 0;max-width:50rem}"
)


def page(reports: Sequence[Report], machine: Mapping[str, str]) -> str:
    """The whole page."""
    where = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in machine.items())
    parts = "".join(map(_part, reports))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>zhucan: benchmarks</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_CSS}</style>'
        f"<main><h1>Benchmarks</h1><dl>{where}</dl>{parts}</main></html>\n"
    )


def _part(report: Report) -> str:
    goals = "".join(f"<li>{escape(goal)}</li>" for goal in report.goals)
    return (
        f"<section><h2>{escape(report.title)}</h2><p>{escape(report.about)}</p>"
        f"<h3>Goals</h3><ul>{goals}</ul>{_plot(report)}{_table(report)}</section>"
    )


def _plot(report: Report) -> str:
    """One bar a row; a screen reader is told to go by the table below."""
    shown = [row for row in report.rows if report.plotted in row.figures]
    pygal = _pygal()
    chart = pygal.HorizontalBar(
        style=pygal.style.Style(**_STYLE), show_legend=False, js=(), explicit_size=True, width=800,
        height=60 + 34 * len(shown), print_values=True, disable_xml_declaration=True, margin=10,
        no_prefix=True,
    )  # fmt: skip
    # A horizontal bar chart counts from the bottom.
    chart.x_labels = [row.name for row in reversed(shown)]
    chart.add(report.plotted, [row.figures[report.plotted] for row in reversed(shown)])
    drawn = _SCRIPT.sub("", chart.render(is_unicode=True))
    about = f"{report.title}: {report.plotted}; the table below holds the same figures"
    return (
        f'<figure role="img" aria-label="{escape(about)}">{drawn}'
        f"<figcaption>{escape(report.plotted)}</figcaption></figure>"
    )


def _pygal() -> ModuleType:
    """pygal, without the finder of plugins it puts in everybody's way of importing."""
    import pygal  # noqa: PLC0415

    sys.meta_path[:] = [
        f for f in sys.meta_path if type(f).__module__.partition(".")[0] != "pygal"
    ]
    return pygal


def _table(report: Report) -> str:
    columns = tuple(dict.fromkeys(name for row in report.rows for name in row.figures))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    lines = "".join(
        f'<tr><th scope="row">{escape(row.name)}</th>'
        + "".join(f"<td>{row.figures.get(name, '')}</td>" for name in columns)
        + "</tr>"
        for row in report.rows
    )
    return (
        f"<table><caption>{escape(report.title)}</caption>"
        f'<thead><tr><th scope="col">what</th>{head}</tr></thead><tbody>{lines}</tbody></table>'
    )
