"""What stands below the words of a mail: signatures, footers of mailing lists, `Sent from …`."""

from apps.channels.parsing.phrases import SENT_BETWEEN, SENT_FROM

SIGNATURE_LINES = 12
DELIMITERS = {"--", "—"}
MOST_DELIMITERS = 2  # a signature and a footer; more of them separate what somebody wrote
FOOTER_LINES = 8
ADVERTISED = 6
RULE = 40
SENT_FROM_LENGTH = 60


def without_ending(lines: list[str]) -> list[str]:
    """Drop empty lines, a mailing-list footer and a signature at the end."""
    for _ in range(2):  # a footer, and the signature above it
        lines = _without_empty_end(lines)
        first, end = max(1, len(lines) - SIGNATURE_LINES), len(lines)
        cut = next((n for n in range(first, end) if _begins_ending(lines, n)), end)
        is_footer = cut < end and _is_rule(lines[cut], "_", 20)
        lines = _without_advertisement(lines[:cut]) if is_footer else lines[:cut]
    return _without_empty_end(lines)


def _without_empty_end(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return lines[:end]


def _begins_ending(lines: list[str], number: int) -> bool:
    line = lines[number]
    if line in DELIMITERS:  # indented, it is a comment in somebody's SQL
        return sum(one in DELIMITERS for one in lines[-SIGNATURE_LINES:]) <= MOST_DELIMITERS
    if _is_rule(line, "_", 20):
        below = lines[number + 1 :]
        return len(below) < FOOTER_LINES and any("://" in line for line in below)
    return number == len(lines) - 1 and _is_sent_from(line)


def _without_advertisement(lines: list[str]) -> list[str]:
    """Drop what a list sets between a rule and its footer; it stands apart from the text."""
    first = max(1, len(lines) - ADVERTISED - 1)
    for number in range(first, len(lines)):
        if _is_rule(lines[number], "-", RULE) and not lines[number - 1]:
            return lines if "" in lines[number:] else lines[:number]
    return lines


def _is_rule(line: str, sign: str, least: int) -> bool:
    return line.startswith(sign * least) and not line.strip(f"{sign} ")


def _is_sent_from(line: str) -> bool:
    """Recognise `Sent from my iPhone`, not `Sent from my desk, it is easier`."""
    said = line.partition("<http")[0].strip(" *_").lower()
    if "," in said or len(said) > SENT_FROM_LENGTH or said.endswith(("!", "?")):
        return False
    plain = said.removesuffix(".")
    if any(plain.startswith(begin) and plain.endswith(end) for begin, end in SENT_BETWEEN):
        return True
    return plain.startswith(SENT_FROM) and (plain == said or "proton" in said)
