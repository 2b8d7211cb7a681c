"""How urgent a message is, by signs that anybody can read and argue about."""

import re
from dataclasses import dataclass

LOUD_LETTERS = 16


@dataclass(frozen=True)
class Sign:
    """Something in a text that makes it more (or less) urgent."""

    level: str
    reason: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, kw_only=True)
class Urgency:
    """A level out of ``types.LEVELS`` and what it rests on."""

    level: str
    reasons: tuple[str, ...]


def _sign(level: str, reason: str, *words: str) -> Sign:
    return Sign(level, reason, re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)"))


DAYS = (
    r"tomorrow|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas|easter"
    r"|the weekend|noon|morgen|heute|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|weihnachten|ostern|the [0-9]{1,2}(?:st|nd|rd|th)?"
)

SIGNS = (
    _sign(
        "urgent", "somebody may get hurt",
        r"caught fire", r"on fire", r"fire hazard", r"smoke", r"smoking", r"burning smell",
        r"sparks?", r"exploded", r"electric shock", r"got a shock", r"injur(?:ed|y)", r"bleeding",
        r"burn(?:s|ed|t)? (?:my|his|her)", r"allergic reaction", r"choking", r"dangerous",
        r"not safe", r"unsafe", r"isn't safe", r"feuer gefangen", r"brennt", r"rauch", r"funken",
        r"explodiert", r"stromschlag", r"verletzt", r"gefährlich", r"verbrannt", r"verschmort",
    ),
    _sign(
        "urgent", "an account or money may be in a stranger's hands",
        r"hacked", r"account (?:was |has been )?(?:compromised|taken over)", r"victim of fraud",
        r"fraudulent", r"unauthori[sz]ed", r"identity theft", r"data breach", r"data leak",
        r"gehackt", r"opfer eines betrugs", r"datenpanne", r"datenleck",
    ),
    _sign(
        "high", "it speaks of law or authorities",
        r"lawyer", r"solicitor", r"legal action", r"take you to court", r"small claims",
        r"sue you", r"consumer protection", r"ombudsman", r"trading standards", r"chargeback",
        r"supervisory authority", r"statutory deadline", r"anwalt", r"rechtsanwalt", r"gericht",
        r"verbraucherzentrale", r"aufsichtsbehörde", r"anzeige erstatten", r"rechtliche schritte",
    ),
    _sign(
        "high", "it asks for haste",
        r"urgent(?:ly)?", r"asap", r"a\.s\.a\.p", r"immediately", r"right away", r"straight away",
        r"at once", r"emergency", r"as soon as possible", r"quickly as possible", r"dringend",
        r"sofort(?:ige[nrsm]?)?", r"umgehend", r"eilt", r"eilig", r"schnellstmöglich",
        r"so schnell wie möglich", r"unverzüglich",
    ),
    _sign(
        "high", "it names a day it must be done by",
        rf"(?:by|until|no later than|bis|spätestens)(?: (?:zum|am))? (?:{DAYS})",
        r"deadline", r"runs out on", r"läuft (?:morgen|heute) ab",
    ),
    _sign(
        "high", "money was taken wrongly",
        r"charged (?:me )?(?:twice|two times|double)", r"double charge[ds]?", r"debited twice",
        r"taken twice", r"doppelt abgebucht", r"zweimal abgebucht",
    ),
    _sign(
        "high", "the customer has asked before in vain",
        r"(?:second|third|fourth|fifth|2nd|3rd|4th|5th) (?:time|e-?mail|mail|message|attempt)",
        r"nobody (?:answers|replies|responds)", r"no one (?:answers|replies|responds)",
        r"still no (?:answer|reply|response)", r"niemand antwortet", r"keine antwort",
        r"zum (?:zweiten|dritten|vierten|fünften) mal",
        r"(?:dritte|vierte|fünfte) (?:e-?mail|mail)",
    ),
    _sign(
        "low", "it can wait",
        r"no (?:rush|hurry|stress)", r"not urgent", r"isn't urgent", r"take your time",
        r"whenever (?:you|it)", r"when you (?:have|get) (?:a moment|time)", r"not a drama",
        r"keine eile", r"nicht (?:dringend|eilig)", r"hat zeit", r"eilt nicht",
    ),
)  # fmt: skip
"""English and German. A phrase that says «it can wait» is read before the others."""


def urgency_of(text: str) -> Urgency:
    """Grade a message. One grave sign makes it urgent, one serious sign high."""
    small = text.replace("\u2019", "'").casefold()
    calm = [sign for sign in SIGNS if sign.level == "low" and sign.pattern.search(small)]
    for sign in calm:
        small = sign.pattern.sub(" ", small)
    met = [sign for sign in SIGNS if sign.level != "low" and sign.pattern.search(small)]
    loud = loudness(text)
    reasons = tuple(sign.reason for sign in met) + loud
    if any(sign.level == "urgent" for sign in met) or len(met) > 2:
        return Urgency(level="urgent", reasons=reasons)
    if met or len(loud) > 1:
        return Urgency(level="high", reasons=reasons)
    if calm:
        return Urgency(level="low", reasons=tuple(sign.reason for sign in calm))
    return Urgency(level="normal", reasons=loud)


def loudness(text: str) -> tuple[str, ...]:
    """Capitals and exclamation marks: alone they prove little, together they shout."""
    letters = [character for character in text if character.isalpha()]
    capitals = sum(character.isupper() for character in letters)
    reasons = []
    if len(letters) >= LOUD_LETTERS and capitals > 0.6 * len(letters):
        reasons.append("it is written in capitals")
    if "!!" in text:
        reasons.append("it has rows of exclamation marks")
    return tuple(reasons)
