"""How mail programs announce what they quote, by program and language.

Each is written as the program writes it around the words `TYPED` and the old mail.
"""

TYPED = "It came, thank you."
MARKED = "> Dear Ada,\n>\n> it is on its way.\n> Bob"
HYPHENS = "\u2010" * 7
BARE = "Dear Ada,\n\nit is on its way.\nBob"
WHO = "Help <help@desk.example>"

# What stands above lines that are marked with ">".
ABOVE_MARKED = {
    "Gmail en": f"On Mon, Nov 2, 2026 at 9:15 AM {WHO} wrote:",
    "Gmail de": f"Am Mo., 2. Nov. 2026 um 09:15 Uhr schrieb {WHO}:",
    "Gmail fr": f"Le lun. 2 nov. 2026 à 09:15, {WHO} a écrit\xa0:",
    "Gmail es": "El lun, 2 nov 2026 a las 9:15, Help (<help@desk.example>) escribió:",
    "Gmail it": f"Il giorno lun 2 nov 2026 alle ore 09:15 {WHO} ha\nscritto:",
    "Gmail nl": f"Op ma 2 nov 2026 om 09:15 schreef {WHO}:",
    "Gmail pt-BR": f"Em seg., 2 de nov. de 2026 às 09:15, {WHO}\nescreveu:",
    "Gmail pt": f"{WHO} escreveu no dia segunda, 2/11/2026 à(s)\n09:15:",
    "Gmail pl": f"pon., 2 lis 2026 o 09:15 {WHO} napisał(a):",
    "Gmail ja": f"2026年11月2日(月) 9:15 {WHO}:",
    "Gmail zh": f"{WHO} 于2026年11月2日周一 09:15写道：",  # noqa: RUF001
    "Apple Mail en": f"On 2 Nov 2026, at 09:15, {WHO} wrote:",
    "Apple Mail de": f"Am 02.11.2026 um 09:15 schrieb {WHO}:",
    "Apple Mail fr": f"Le 2 nov. 2026 à 09:15, {WHO} a écrit :",
    "Apple Mail es": f"El 2 nov 2026, a las 9:15, {WHO} escribió:",
    "Apple Mail it": f"Il giorno 2 nov 2026, alle ore 09:15, {WHO} ha scritto:",
    "Apple Mail nl": f"Op 2 nov. 2026, om 09:15 heeft {WHO} het volgende geschreven:",
    "Apple Mail pt": f"No dia 2 de nov. de 2026, às 09:15, {WHO} escreveu:",
    "Apple Mail pl": f"Wiadomość napisana przez {WHO} w dniu 2 lis 2026, o godz. 09:15:",
    "Apple Mail ja": f"2026/11/02 9:15、{WHO}のメール:",
    "Apple Mail zh": f"2026年11月2日 09:15，{WHO} 写道：",  # noqa: RUF001
    "Thunderbird en": "On 02/11/2026 09:15, Help wrote:",
    "Thunderbird de": "Am 02.11.26 um 09:15 schrieb Help:",
    "Thunderbird fr": "Le 02/11/2026 à 09:15, Help a écrit\xa0:",
    "Thunderbird es": "El 2/11/26 a las 9:15, Help escribió:",
    "Thunderbird it": "Il 02/11/26 09:15, Help ha scritto:",
    "Thunderbird nl": "Op 02-11-2026 om 09:15 schreef Help:",
    "Thunderbird pt-BR": "Em 02/11/2026 09:15, Help escreveu:",
    "Thunderbird pt": "Às 09:15 de 02/11/2026, Help escreveu:",
    "Thunderbird pl": "W dniu 2.11.2026 o 09:15, Help pisze:",
    "Thunderbird ja": "On 2026/11/02 9:15, Help wrote:",
    "Thunderbird zh": "在 2026/11/2 9:15, Help 写道:",
    "Proton Mail en": f"On Monday, November 2nd, 2026 at 9:15 AM, {WHO} wrote:",
    "Proton Mail de": f"Am Montag, 2. November 2026 um 09:15, schrieb {WHO}:",
    "Proton Mail fr": f"Le lundi 2 novembre 2026 à 9:15 AM, {WHO} a écrit :",
    "Proton Mail, older": f"{HYPHENS} Original Message {HYPHENS}\n"
    f"On Monday, November 2, 2026 9:15 AM, {WHO} wrote:\n",
    "Outlook with marks": "> -----Original Message-----\n> From: Help\n> To: Ada\n> Subject: x",
}  # fmt: skip

# What stands above lines that are not marked.
ABOVE_BARE = {
    "Yahoo en": f"    On Monday, November 2, 2026 at 09:15:00 AM GMT+1, {WHO} wrote:",
    "Yahoo de": f" Am Montag, 2. November 2026 um 09:15:00 MEZ hat {WHO} Folgendes geschrieben:",
    "Yahoo fr": f"    Le lundi 2 novembre 2026 à 09:15:00 UTC+1, {WHO} a écrit :",
    "Yahoo es": f"    En lunes, 2 de noviembre de 2026, 09:15:00 CET, {WHO} escribió:",
    "Yahoo it": f"    Il lunedì 2 novembre 2026 alle ore 09:15:00 CET, {WHO} ha scritto:",
    "Yahoo pt": f"    Em segunda-feira, 2 de novembro de 2026 09:15:00 BRT, {WHO} escreveu:",
    "Outlook en": f"From: {WHO}\nSent: Monday, November 2, 2026 9:15\nTo: Ada\nSubject: Parcel",
    "Outlook de": f"Von: {WHO}\nGesendet: Montag, 2. November 2026\nAn: Ada\nBetreff: Paket",
    "Outlook fr": f"De : {WHO}\nEnvoyé : lundi 2 novembre 2026\nÀ : Ada\nObjet : Colis",
    "Outlook es": f"De: {WHO}\nEnviado el: lunes, 2 de noviembre\nPara: Ada\nAsunto: Paquete",
    "Outlook it": f"Da: {WHO}\nInviato: lunedì 2 novembre 2026\nA: Ada\nOggetto: Pacco",
    "Outlook nl": f"Van: {WHO}\nVerzonden: maandag 2 november\nAan: Ada\nOnderwerp: Pakket",
    "Outlook pt": f"De: {WHO}\nEnviada em: 2 de novembro\nPara: Ada\nAssunto: Pacote",
    "Outlook pl": f"Od: {WHO}\nWysłano: poniedziałek, 2 listopada\nDo: Ada\nTemat: Paczka",
    "Outlook ja": f"差出人: {WHO}\n送信日時: 2026年11月2日\n宛先: Ada\n件名: 小包",
    "Outlook zh": f"发件人: {WHO}\n发送时间: 2026年11月2日\n收件人: Ada\n主题: 包裹",
    "Outlook zh, wide colons": f"发件人：{WHO}\n发送时间：2日\n收件人：Ada\n主题：包裹",  # noqa: RUF001
    "Outlook mobile en": f"{'_' * 32}\nFrom: {WHO}\nSent: Monday\nTo: Ada\nSubject: Parcel",
    "Outlook mobile de": f"{'_' * 32}\nVon: {WHO}\nGesendet: Montag\nAn: Ada\nBetreff: Paket",
    "Samsung en": f"-------- Original message --------\nFrom: {WHO}\nDate: 02/11/2026 09:15\n"
    "To: ada@example.org\nSubject: Parcel",
    "Samsung de": f"-------- Ursprüngliche Nachricht --------\nVon: {WHO}\nDatum: 02.11.26",
    "Samsung fr": f"-------- Message d'origine --------\nDe : {WHO}\nDate : 02/11/2026",
    "Samsung es": f"-------- Mensaje original --------\nDe: {WHO}\nFecha: 2/11/26",
    "Samsung it": f"-------- Messaggio originale --------\nDa: {WHO}\nData: 02/11/26",
    "Samsung nl": f"-------- Oorspronkelijk bericht --------\nVan: {WHO}\nDatum: 02-11-26",
    "Samsung pl": f"-------- Oryginalna wiadomość --------\nOd: {WHO}\nData: 02.11.2026",
    "Samsung pt": f"-------- Mensagem original --------\nDe: {WHO}\nData: 02/11/2026",
    "QQ zh": f"------------------ 原始邮件 ------------------\n发件人: {WHO}",
    "GMX de": f"Gesendet: Montag, 2. November 2026\nVon: {WHO}\nAn: Ada\nBetreff: Paket",
}  # fmt: skip

TAGLINES = [
    "Sent from my Galaxy",
    "Sent from Outlook for iOS",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Outlook für iOS beziehen",
    "Télécharger Outlook pour iOS",
    "Obtener Outlook para iOS",
    "Ottieni Outlook per iOS",
    "Outlook voor iOS downloaden",
    "Obter o Outlook para iOS",
    "Pobierz program Outlook dla systemu iOS",
    "Sent from Yahoo Mail for iPhone",
    "Sent with Proton Mail secure email.",
    "Sent from Proton Mail for iOS",
    "Gesendet mit der GMX Mail App",
    "Von meinem Samsung Galaxy Smartphone gesendet.",
    "Envoyé depuis mon téléphone Samsung",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Enviado do meu iPhone",
    "Wysłane z iPhone'a",
    "iPhoneから送信",
    "从我的 iPhone 发送",
    "发自我的iPhone",
]

OLD = "<div>Dear Ada,</div><div>it is on its way.</div>"
HEAD = "<b>From:</b> Help<br><b>Sent:</b> Monday<br><b>To:</b> Ada<br><b>Subject:</b> Parcel"
HTML = {
    "Gmail": f'<div dir="ltr">{TYPED}</div><br><div class="gmail_quote gmail_quote_container">'
    '<div dir="ltr" class="gmail_attr">On Mon, Help wrote:<br></div>'
    f'<blockquote class="gmail_quote" style="border-left:1px solid">{OLD}</blockquote></div>',
    "Outlook": f'<p class="MsoNormal">{TYPED}</p><div style="border:none;border-top:solid 1pt">'
    f'<p class="MsoNormal">{HEAD}</p></div>{OLD}',
    "Outlook 2003": f"<div>{TYPED}</div><div class=OutlookMessageHeader dir=ltr>"
    f"<b>X:</b> Help</div>{OLD}",
    "Outlook on the web": f'<div>{TYPED}</div><div id="appendonsend"></div><hr>'
    f'<div id="divRplyFwdMsg" dir="ltr"><b>X:</b> Help</div>{OLD}',
    "Outlook mobile": f'<div>{TYPED}</div><div class="ms-outlook-mobile-reference-message"></div>'
    f"<hr><b>X:</b> Help{OLD}",
    "Outlook mobile, newer": f"<div>{TYPED}</div>"
    f'<div id="mail-editor-reference-message-container"><b>X:</b> Help{OLD}</div>',
    "Apple Mail": f'<div>{TYPED}</div><div><br><blockquote type="cite"><div>On 2 Nov 2026, at '
    f"09:15, Help wrote:</div><br>{OLD}</blockquote></div>",
    "Thunderbird": f'<p>{TYPED}</p><div class="moz-cite-prefix">Le 2, Help:<br></div>'
    f'<blockquote type="cite" cite="mid:a@b">{OLD}</blockquote>',
    "Yahoo": f'<div class="ydp1">{TYPED}</div><div id="ydp2" class="ydp3yahoo_quoted">'
    f"<div>On Monday, Help wrote:</div><div>{OLD}<blockquote>older</blockquote>Bob</div></div>",
    "Samsung": f"<div>{TYPED}</div><div>-------- Original message --------</div>"
    f"<div>From: Help</div><div>Date: 02/11/2026</div>{OLD}",
    "Proton Mail": f'<div>{TYPED}</div><div class="protonmail_quote">On Monday, Help wrote:<br>'
    f'<blockquote class="protonmail_quote" type="cite">{OLD}</blockquote></div>',
    "Zimbra": f'<div>{TYPED}</div><hr id="zwchr"><div><b>X: </b>Help</div>{OLD}',
    "a border": f'<div>{TYPED}</div><blockquote style="border:none;border-left:1px solid">{OLD}'
    "</blockquote>",
}
