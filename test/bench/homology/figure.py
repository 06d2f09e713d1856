"""Draws the accuracy figure as plain SVG: calibration per residue, and claimed against true per model."""

from __future__ import annotations

_SIZE, _LEFT, _TOP, _GAP = 300, 60, 40, 90
_STYLE = 'font-family="sans-serif" font-size="12" fill="#222"'


def accuracy_figure(bench: dict) -> str:
    """``bench``: the report of benchmark.py. Returns the SVG text."""
    summary = bench["summary"]
    models = [r for r in bench["records"] if "claimed_lddt" in r]
    residues = "".join(
        _circle(0, b["predicted"], b["true"], 3 + 9 * (b["count"] / max(c["count"] for c in summary["calibration"])) ** 0.5,
                "#0053d6", 0.65, f"{b['count']} residues")
        for b in summary["calibration"])
    points = "".join(
        _circle(1, r["claimed_lddt"], r["true_lddt"], 3.2, "#0053d6" if r["tm"] >= 0.5 else "#d1495b", 0.6,
                f"{r['target']} on {r['template']}, TM {r['tm']:.2f}")
        for r in models)
    width = 2 * _SIZE + _GAP + _LEFT + 30
    height = _SIZE + _TOP + 60
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
        "<title>Estimated against true CA-lDDT, per residue and per model</title>\n"
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n'
        + _panel(0, "Per residue: bins of claimed value", "claimed CA-lDDT", "mean true CA-lDDT") + residues
        + _panel(1, "Per model (red: TM-score below 0.5)", "claimed mean CA-lDDT", "true mean CA-lDDT") + points
        + "</svg>\n")


def _x(panel: int, value: float) -> float:
    return _LEFT + panel * (_SIZE + _GAP) + value * _SIZE


def _y(value: float) -> float:
    return _TOP + (1 - value) * _SIZE


def _circle(panel: int, x: float, y: float, radius: float, colour: str, opacity: float, title: str) -> str:
    return (f'<circle cx="{_x(panel, x):.1f}" cy="{_y(y):.1f}" r="{radius:.1f}" fill="{colour}" '
            f'fill-opacity="{opacity}"><title>{title}</title></circle>\n')


def _panel(panel: int, title: str, x_label: str, y_label: str) -> str:
    left, right, bottom, top = _x(panel, 0), _x(panel, 1), _y(0), _y(1)
    parts = [
        f'<rect x="{left}" y="{top}" width="{_SIZE}" height="{_SIZE}" fill="none" stroke="#888"/>\n',
        f'<line x1="{left}" y1="{bottom}" x2="{right}" y2="{top}" stroke="#bbb" stroke-dasharray="4 4"/>\n',
        f'<text x="{(left + right) / 2}" y="{top - 14}" text-anchor="middle" {_STYLE}>{title}</text>\n',
        f'<text x="{(left + right) / 2}" y="{bottom + 38}" text-anchor="middle" {_STYLE}>{x_label}</text>\n',
        f'<text transform="translate({left - 38} {(top + bottom) / 2}) rotate(-90)" text-anchor="middle" {_STYLE}>'
        f'{y_label}</text>\n',
    ]
    for tick in range(0, 11, 2):
        value = tick / 10
        parts.append(f'<text x="{_x(panel, value)}" y="{bottom + 18}" text-anchor="middle" {_STYLE}>{value:.1f}</text>\n')
        parts.append(f'<text x="{left - 8}" y="{_y(value) + 4}" text-anchor="end" {_STYLE}>{value:.1f}</text>\n')
    return "".join(parts)
