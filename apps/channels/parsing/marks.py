"""How mail programs announce old mail: attributions, header blocks, dividers, signatures."""

from apps.channels.parsing import limits

WROTE = (
    "wrote", "writes", "schrieb", "schreibt", "a écrit", "escribió", "escribio", "napisał",
    "napisała", "pisze", "ha scritto", "escreveu", "skrev", "schreef", "napsal", "写道", "寫道",
    "님이 작성", "のメッセージ", "написал", "пишет", "yazd\u0131", "kirjoitti", "έγραψε", "írta",
)  # fmt: skip
OPENING = (
    "on ", "am ", "le ", "el ", "il ", "em ", "op ", "den ", "dne ", "w dniu", "dnia ", "em ",
    "在", "2", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "pe ", "tarihinde", "στις ",
)  # fmt: skip
FIELDS = {
    0: ("from", "von", "de", "da", "od", "van", "från", "fra", "差出人", "发件人", "寄件者", "от"),
    1: (
        "sent", "gesendet", "envoyé", "enviado", "inviato", "wysłano", "verzonden", "skickat",
        "sendt", "date", "datum", "fecha", "data", "dato", "发送时间", "送信日時", "дата",
        "отправлено",
    ),
    2: ("to", "an", "à", "para", "a", "do", "aan", "till", "til", "收件人", "宛先", "кому"),
    3: (
        "subject", "betreff", "objet", "asunto", "oggetto", "temat", "assunto", "onderwerp",
        "ämne", "emne", "件名", "主题", "тема",
    ),
}  # fmt: skip
KIND = {name: kind for kind, names in FIELDS.items() for name in names}
DIVIDERS = (
    "-----original", "----- original", "---- original", "-----urspr", "----- urspr",
    "---------- forwarded", "-------- forwarded", "----- forwarded", "-----message d'origine",
    "----- mensaje original", "-----messaggio originale", "begin forwarded message",
    "-------- weitergeleitete", "---------- weitergeleitete",
)  # fmt: skip
SENT_FROM = (
    "sent from my ", "sent from mail for ", "sent from outlook", "sent via ", "get outlook for ",
    "sent from yahoo", "gesendet von mein", "von meinem ", "envoyé de mon ", "enviado desde mi ",
    "enviado do meu ", "inviato da", "verstuurd vanaf", "skickat från min", "wysłane z ",
)  # fmt: skip
RULE = ("____", "----", "====", "****", "—")
SIGNATURE_LINES = 12
FOOTER_LINES = 8
HEADER_LINES = 8


def is_quote(line: str) -> bool:
    return line.lstrip().startswith((">", "|>"))


def is_divider(lines: list[str], number: int) -> bool:
    """Recognise ``-----Original Message-----``, or a rule above a header block."""
    line = lines[number].strip().lower()
    if line.startswith(DIVIDERS):
        return len(line) < 100
    if not line.startswith(RULE):
        return False
    below = next((n for n in range(number + 1, min(number + 4, len(lines))) if lines[n]), None)
    return below is not None and is_header_block(lines, below)


def is_header_block(lines: list[str], number: int) -> bool:
    """Recognise ``From:`` with two more of sent, to, subject right below it."""
    if _field(lines[number]) != 0:
        return False
    kinds = {_field(line) for line in lines[number : number + HEADER_LINES]}
    return len(kinds - {None}) >= 3


def _field(line: str) -> int | None:
    name, colon, _ = line[: limits.LINE].partition(":")
    if not colon or len(name) > 24:
        return None
    return KIND.get(name.strip(" *\t").lower())


def attribution_end(lines: list[str], number: int) -> int:
    """Return the line after ``On … wrote:``, wrapped or not, that begins here; else 0."""
    first = lines[number][: limits.LINE].strip("- \t").lower()
    opens = first.startswith(OPENING)
    if not (opens or "@" in first or any(word in first for word in WROTE)):
        return 0
    joined = ""
    for end in range(number, min(number + 4, len(lines))):
        piece = lines[end][: limits.LINE].strip().lower()
        if not piece or is_quote(piece):
            break
        joined = f"{joined} {piece}".strip()
        if _ends_attribution(joined) and _introduces(joined, lines, end + 1, opens=opens):
            return end + 1
    return 0


def _ends_attribution(joined: str) -> bool:
    """Ask for a digit of a moment, and at the end for a colon or the verb."""
    if not any(character.isdigit() for character in joined):
        return False
    spoken = any(word in joined for word in WROTE)
    if joined.endswith((":", "\uff1a")):
        return spoken or "@" in joined
    return joined.endswith(WROTE)


def _introduces(joined: str, lines: list[str], start: int, *, opens: bool) -> bool:
    """Whether what follows is old mail: quoted, or announced too precisely to be chance."""
    following = next((line for line in lines[start : start + 6] if line), "")
    if not following or is_quote(following) or _field(following) == 0:
        return True
    spoken = any(word in joined for word in WROTE)
    return opens and spoken and ("@" in joined or _has_time(joined))


def _has_time(text: str) -> bool:
    return any(
        text[n - 1].isdigit() and text[n + 1].isdigit()
        for n in range(1, len(text) - 1)
        if text[n] == ":"
    )


def without_ending(lines: list[str]) -> list[str]:
    """Drop empty lines, a mailing-list footer and a signature at the end."""
    for _ in range(2):  # a footer, and the signature above it
        lines = _without_empty_end(lines)
        first, end = max(1, len(lines) - SIGNATURE_LINES), len(lines)
        lines = lines[: next((n for n in range(first, end) if _begins_ending(lines, n)), end)]
    return _without_empty_end(lines)


def _without_empty_end(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return lines[:end]


def _begins_ending(lines: list[str], number: int) -> bool:
    line = lines[number].strip()
    if line in {"--", "—"}:
        return True
    if line.startswith("____________________") and not line.strip("_"):
        below = lines[number + 1 :]
        return len(below) < FOOTER_LINES and any("://" in line for line in below)
    return number == len(lines) - 1 and _is_sent_from(line)


def _is_sent_from(line: str) -> bool:
    """Recognise `Sent from my iPhone`, not `Sent from my desk, it is easier`."""
    is_short = len(line) <= 50 and not line.endswith((".", "!", "?")) and "," not in line
    return is_short and line.lower().startswith(SENT_FROM)
