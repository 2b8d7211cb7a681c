"""What the page says of mail: mails a second beside a bare view, what reading one costs."""

from typing import Any

WAYS = {
    "view 1": "a bare Django view that stores it in one row, 1 connection",
    "lmtp 1": "LMTP to the commit, 1 connection",
    "view 4": "the bare view, 4 connections",
    "lmtp 4": "LMTP to the commit, 4 connections",
    "message": "LMTP to its message on a ticket, 4 connections",
    "ticket": "LMTP to the coordinated ticket, 4 connections",
}
BESIDE = {"lmtp 1": "view 1"}


def beside(mail: dict[str, Any], way: str) -> str:
    """The share of what the bare view does with as many connections."""
    if way.startswith("view"):
        return ""
    return f"{mail[way]['rate'] / mail[BESIDE.get(way, 'view 4')]['rate']:.2f}"


def rates(mail: dict[str, Any]) -> str:
    """Mails a second on each way, and what one costs where that was measured."""
    lines = [
        "| | mails a second | of the bare view | its process | PostgreSQL, Valkey |",
        "|---|---:|---:|---:|---:|",
    ]
    for way, title in WAYS.items():
        said = mail[way]
        cpu = [f"{said[f'{who}_ms']:.1f} ms" if f"{who}_ms" in said else "" for who in CPU]
        lines.append(f"| {title} | {said['rate']:.0f} | {beside(mail, way)} | {' | '.join(cpu)} |")
    return "\n".join(lines)


CPU = ("process", "server")


def parsing(rows: list[dict[str, Any]]) -> str:
    """What reading a mail costs, by kind and size."""
    lines = [
        "| a mail of | size | the desk | the standard library | times |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row['kind']} | {row['size'] / 1000:,.0f} kB | {row['desk']:,.2f} ms "
        f"| {row['library']:,.2f} ms | {row['desk'] / row['library']:.1f} |"
        for row in rows
    ]
    return "\n".join(lines)


def lines(results: dict[str, Any]) -> list[str]:
    """The same for the terminal."""
    mail = results["mail"]
    found = [
        f"mail: {title:62}{mail[way]['rate']:8.1f}/s  {beside(mail, way):>5}"
        for way, title in WAYS.items()
    ]
    return found + [
        f"reading {row['kind']:16}{row['size'] / 1000:10,.0f} kB {row['desk']:10,.2f} ms"
        f"  ({row['desk'] / row['library']:.1f} times the standard library)"
        for row in results["parsing"]
    ]
