"""Text that was sent flowed (RFC 3676): its soft line ends are joined again."""


def unflow(text: str, *, delsp: bool) -> str:
    """Join each line that ends in a space with the next one of the same quote depth."""
    paragraphs: list[tuple[int, list[str]]] = []
    is_open = False
    for line in text.split("\n"):
        depth, content = _quoted(line)
        if is_open and paragraphs[-1][0] == depth and content != "-- ":
            paragraphs[-1][1].append(content)
        else:
            paragraphs.append((depth, [content]))
        is_open = content.endswith(" ") and content != "-- "
        if is_open and delsp:
            paragraphs[-1][1][-1] = content[:-1]
    return "\n".join(_line(depth, "".join(pieces)) for depth, pieces in paragraphs)


def _quoted(line: str) -> tuple[int, str]:
    """How deeply a line is quoted, and its content with space-stuffing undone."""
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")


def _line(depth: int, content: str) -> str:
    return f"{'>' * depth} {content}" if depth else content
