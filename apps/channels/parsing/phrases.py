"""The words with which mail programs announce old mail and sign themselves, by language."""

# Verbs of programs; the second list are verbs of people too, and need more beside them.
WROTE = (
    "wrote", "writes", "schrieb", "schreibt", "geschrieben", "a écrit", "escribió", "escribio",
    "napisał", "napisała", "napisał(a)", "pisze", "ha scritto", "escreveu", "skrev", "schreef",
    "geschreven", "napsal", "写道", "寫道", "님이 작성", "のメッセージ", "のメール", "書きました",
    "написал", "пишет", "yazd\u0131", "kirjoitti", "έγραψε", "írta",
)  # fmt: skip
SAID = (
    "said", "says", "stated", "sagte", "sagt", "a dit", "dijo", "ha detto", "disse", "zei",
    "powiedział", "powiedziała",
)  # fmt: skip
OPENING = (
    "on ", "am ", "le ", "el ", "il ", "em ", "en ", "op ", "den ", "dne ", "w dniu", "dnia ",
    "no dia ", "às ", "在", "2", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "pe ",
    "tarihinde", "στις ",
)  # fmt: skip
FIELDS = {
    0: ("from", "von", "de", "da", "od", "van", "från", "fra", "差出人", "发件人", "寄件者", "от"),
    1: (
        "sent", "gesendet", "envoyé", "enviado", "enviada", "inviato", "wysłano", "wysłane",
        "verzonden", "skickat", "sendt", "date", "datum", "fecha", "data", "dato", "发送时间",
        "寄件日期", "日期", "送信日時", "日時", "дата", "отправлено",
    ),
    2: (
        "to", "an", "à", "para", "a", "do", "aan", "till", "til", "收件人", "收件者", "宛先",
        "кому",
    ),
    3: (
        "subject", "betreff", "objet", "asunto", "oggetto", "temat", "assunto", "onderwerp",
        "ämne", "emne", "件名", "主题", "主旨", "тема",
    ),
}  # fmt: skip
# Between dashes: "-----Original Message-----".
TITLES = {
    "original message", "original email", "ursprüngliche nachricht", "originalnachricht",
    "original-nachricht", "message d'origine", "message original", "mensaje original",
    "messaggio originale", "mensagem original", "oorspronkelijk bericht",
    "wiadomość oryginalna", "oryginalna wiadomość", "ursprungligt meddelande",
    "oprindelig meddelelse", "opprinnelig melding", "alkuperäinen viesti", "původní zpráva",
    "исходное сообщение", "orijinal mesaj", "eredeti üzenet", "元のメッセージ",
    "オリジナルメッセージ", "原始邮件", "原始郵件", "forwarded message",
    "weitergeleitete nachricht", "message transféré", "mensaje reenviado",
    "messaggio inoltrato", "mensagem encaminhada", "doorgestuurd bericht",
    "wiadomość przekazana dalej", "转发的邮件", "転送メッセージ",
}  # fmt: skip
# Whole beginnings: "Wysłane z magazynu" (sent from the warehouse) is a customer's sentence.
SENT_FROM = (
    "sent from my ", "sent from mail for ", "sent from outlook", "sent from yahoo",
    "sent from samsung", "sent from proton", "sent with proton", "sent via the samsung",
    "get outlook for ", "gesendet von mein", "gesendet von outlook", "gesendet mit der gmx",
    "gesendet mit der web.de", "gesendet mit der telekom", "gesendet mit proton",
    "outlook für ios", "outlook für android", "envoyé de mon ", "envoyé depuis mon ",
    "envoyé à partir de outlook", "envoyé à partir de mon ", "envoyé avec proton",
    "télécharger outlook", "obtenir outlook", "enviado desde mi ", "enviado desde outlook",
    "enviado desde yahoo", "obtener outlook", "enviado do meu ", "enviado a partir do meu ",
    "enviado do outlook", "obter o outlook", "baixar o outlook", "inviato da iphone",
    "inviato da ipad", "inviato da outlook", "inviato da yahoo", "inviato dal mio ",
    "ottieni outlook", "verstuurd vanaf mijn", "verzonden vanaf mijn", "verzonden vanuit outlook",
    "outlook voor ios", "outlook voor android", "skickat från min", "wysłane z iphone",
    "wysłane z ipad", "wysłane z mojego ", "wysłano z mojego ", "wysłane z aplikacji",
    "wysłano z aplikacji", "wysłano z iphone", "pobierz outlook", "pobierz program outlook",
    "iphoneから送信", "私のiphoneから送信", "androidから送信", "outlook for ios を",
    "发自我的", "傳送自我的", "获取 outlook", "下载 outlook",
)  # fmt: skip
# Those that stand around the name of the device.
SENT_BETWEEN = (("von meinem ", "gesendet"), ("从我的", "发送"), ("從我的", "傳送"))
