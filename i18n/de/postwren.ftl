app-name = Postwren

## units
unit-group = .
unit-decimal = ,
unit-bytes = { $count }{"\u00A0"}B
unit-rate = { $rate }/s
unit-messages = { $count ->
    [one] { $shown } Nachricht
   *[other] { $shown } Nachrichten
}
date-just-now = gerade eben
date-seconds-ago = vor { $count } s
date-minutes-ago = vor { $count } min
date-yesterday = Gestern
date-day-month = { $day }. { $month }
date-day-month-year = { $day }. { $month } { $year }
date-full = { $weekday } { $day }. { $month } { $year }
date-monday = Mo
date-tuesday = Di
date-wednesday = Mi
date-thursday = Do
date-friday = Fr
date-saturday = Sa
date-sunday = So
date-january = Jan.
date-february = Feb.
date-march = März
date-april = Apr.
date-may = Mai
date-june = Juni
date-july = Juli
date-august = Aug.
date-september = Sep.
date-october = Okt.
date-november = Nov.
date-december = Dez.

## problems
problem-of-account = { $account }: { $what }
problem-unreachable = Der Server { $server } ist nicht zu erreichen.
problem-unreachable-advice = Ihre Post ist hier, Änderungen warten in der Schlange. Prüfen Sie die Verbindung zum Internet, den Namen des Servers und seinen Port.
problem-timed-out = Der Server { $server } hat nicht rechtzeitig geantwortet.
problem-timed-out-advice = Ihre Post ist hier, Änderungen warten in der Schlange. Es wird erneut versucht; hält es an, fragen Sie den Betreiber des Servers.
problem-certificate-name = Der Server { $server } weist sich als ein anderer aus: Sein Zertifikat gilt für { $names }, ausgestellt von { $issuer }.
problem-certificate-expired = Das Zertifikat von { $server } ist am { $date } abgelaufen; ausgestellt hat es { $issuer }.
problem-certificate-early = Das Zertifikat von { $server } gilt erst ab { $date }; ausgestellt hat es { $issuer }. Geht die Uhr dieses Rechners richtig?
problem-certificate-issuer = Das Zertifikat von { $server } hat { $issuer } ausgestellt, und dem vertraut dieser Rechner nicht.
problem-certificate-other = Das Zertifikat von { $server }, ausgestellt von { $issuer }, ist ungültig: { $words }.
problem-certificate-nobody = niemand Genanntes
problem-certificate-no-name = gar keinen Namen
problem-certificate-advice = Es wurde nichts dorthin gesendet, auch nicht das Passwort; Ihre Post ist sicher. Prüfen Sie den Namen des Servers oder fragen Sie den Betreiber. Hat er eine eigene Zertifizierungsstelle, geben Sie dem Konto deren Datei.
problem-no-encryption = Der Server { $server } bietet die Verschlüsselung nicht an, die dieses Konto verlangt.
problem-no-encryption-advice = Es wurde nichts dorthin gesendet, auch nicht das Passwort; Ihre Post ist sicher. Prüfen Sie den Port und die Art der Verschlüsselung in den Einstellungen des Kontos.
problem-authentication = Der Server { $server } hat Benutzernamen oder Passwort nicht angenommen. Er sagte: „{ $reply }“.
problem-authentication-silent = Der Server { $server } hat Benutzernamen oder Passwort nicht angenommen.
problem-authentication-advice = Ihre Post ist sicher, Änderungen warten in der Schlange. Geben Sie das Passwort noch einmal ein; manche Anbieter verlangen ein eigenes App-Passwort für Mailprogramme.
problem-no-secret = Für dieses Konto gibt es kein Passwort, oder sein Passwortbefehl ist fehlgeschlagen.
problem-no-secret-advice = Ihre Post ist sicher, Änderungen warten in der Schlange. Entsperren Sie den Schlüsselbund, geben Sie das Passwort neu ein oder prüfen Sie den Passwortbefehl.
problem-refused = Der Server { $server } hat abgelehnt: „{ $reply }“.
problem-refused-advice = Ihre Post ist hier sicher. Versuchen Sie es noch einmal, oder fragen Sie den Betreiber des Servers, was seine Antwort bedeutet.
problem-protocol = Der Server { $server } hat eine Antwort gegeben, die gegen die Regeln seines Protokolls verstößt.
problem-protocol-advice = Ihre Post ist sicher, alles Übrige geht weiter. Der aufgezeichnete Dialog zeigt die Antwort; sie mag den Betreiber des Servers interessieren.
problem-too-large = Die Nachricht hat { $size }, und der Server nimmt höchstens { $limit }.
problem-too-large-advice = Sie bleibt im Postausgang. Holen Sie sie zurück und senden Sie sie mit weniger oder kleineren Anhängen.
problem-disk-full = Der Datenträger ist voll.
problem-disk-full-advice = Nichts ging verloren: Was nicht mehr passte, liegt noch auf dem Server. Schaffen Sie Platz und versuchen Sie es erneut.
problem-disk = Der Datenträger oder seine Rechte ließen Postwren nicht an { $path } arbeiten.
problem-disk-advice = Nichts wurde entfernt, und was nicht gespeichert werden konnte, liegt noch auf dem Server. Prüfen Sie den Datenträger und wer dort schreiben darf, dann versuchen Sie es erneut.
problem-locked = Ein anderes Postwren arbeitet an diesem Profil.
problem-locked-advice = Ihre Post ist sicher. Schließen Sie zuerst das andere Fenster oder den anderen Befehl, oder nennen Sie ein anderes Profil.
problem-not-found = Das gibt es nicht: { $what }.
problem-not-found-advice = Nichts wurde geändert. Die Liste zeigt, was da ist.
problem-invalid = Das ist nicht zu verwenden: { $what }.
problem-invalid-advice = Nichts wurde geändert. Berichtigen Sie es und versuchen Sie es erneut.
problem-held = Der Server hat { $removals } der { $total } Nachrichten in { $mailbox } nicht mehr; Postwren hat angehalten, bevor es hier so viele entfernt.
problem-held-advice = Alle sind noch hier. Haben Sie sie selbst anderswo entfernt, lassen Sie den Abgleich weitergehen; wenn nicht, fragen Sie zuerst den Betreiber des Servers.
problem-removed-here = { $count ->
    [one] Ein anderes Programm hat auf diesem Rechner eine Nachricht aus { $mailbox } entfernt.
   *[other] Ein anderes Programm hat auf diesem Rechner { $removals } Nachrichten aus { $mailbox } entfernt.
}
problem-removed-here-advice = Der Server hat sie noch. Sagen Sie einmal für dieses Konto, ob der Server solchen Entfernungen folgen soll; bis dahin wird dort nichts entfernt.
problem-store-missing = Der Ordner { $path } fehlt oder ist leer, obwohl Nachrichten darin waren.
problem-store-missing-advice = Auf dem Server wurde nichts entfernt. Liegt der Ordner auf einem anderen Datenträger, schließen Sie diesen an; ist er für immer fort, kann Postwren die Nachrichten neu holen.
problem-offline = Es gibt keine Netzverbindung.
problem-offline-advice = Ihre Nachrichten sind hier, und was Sie ändern, wartet in der Warteschlange. Postwren macht weiter, sobald das Netz wieder da ist.
problem-captive-portal = Dieses Netz antwortet anstelle von { $server }, wie eine Anmeldeseite es tut.
problem-captive-portal-advice = Öffnen Sie einen Browser und melden Sie sich im Netz an. Weder Passwort noch Nachricht wurden gesendet; Postwren versucht es von selbst wieder.
problem-proxy = Der Proxy { $proxy } hat abgelehnt: „{ $reply }“.
problem-proxy-silent = Der Proxy { $proxy } antwortet nicht.
problem-proxy-advice = Prüfen Sie Adresse, Benutzernamen und Passwort des Proxys in den Einstellungen des Kontos. Postwren umgeht einen Proxy nicht von selbst.
problem-in-use = Ein anderes Programm hat dieses Postfach auf { $server } geöffnet.
problem-in-use-advice = Schließen Sie das andere Mailprogramm oder warten Sie; Postwren versucht es von selbst wieder.
problem-some-refused = { $of ->
    [one] Der Empfänger wurde abgelehnt.
   *[other] { $count ->
        [one] Einer von { $total } Empfängern wurde abgelehnt.
       *[other] { $refused } von { $total } Empfängern wurden abgelehnt.
    }
}
problem-some-refused-advice = Die Nachricht und die abgelehnten Adressen bleiben im Postausgang, mit den Worten des Servers. Berichtigen Sie dort die Adressen und senden Sie nur an diese.
problem-unknown-outcome = Die Verbindung riss ganz am Ende des Sendens ab: Noch kann niemand wissen, ob der Server die Nachricht angenommen hat.
problem-unknown-outcome-advice = Sie bleibt im Postausgang und wird nicht von selbst noch einmal gesendet. Sehen Sie unter Gesendet nach oder fragen Sie einen Empfänger, bevor Sie sie erneut senden.
problem-internal = In Postwren selbst ist etwas schiefgegangen.
problem-internal-advice = Ihre Post liegt sicher auf dem Datenträger. Bitte melden Sie, was unter Einzelheiten steht.

## answers
answer-wrote-on = Am { $date } um { $time } schrieb { $from }:
answer-wrote = { $from } schrieb:
answer-forwarded = Weitergeleitete Nachricht
answer-from = Von
answer-date = Datum
answer-subject = Betreff
answer-to = An
answer-cc = Kopie

## gui-main
key-ctrl = Strg
key-shift = Umschalt
key-enter = Eingabe
key-page-down = Bild ab
key-page-up = Bild auf
key-home = Pos 1
key-end = Ende
key-delete = Entf
key-escape = Esc
deed-new = Neue Nachricht schreiben
deed-reply = Antworten
deed-reply-all = Allen antworten
deed-forward = Weiterleiten
deed-open = Nachricht oder Entwurf öffnen
deed-next = Nächste Nachricht
deed-previous = Vorige Nachricht
deed-extend-next = Nächste Nachricht dazu auswählen
deed-extend-previous = Vorige Nachricht dazu auswählen
deed-page-down = Eine Seite weiter
deed-page-up = Eine Seite zurück
deed-first = Erste Nachricht
deed-last = Letzte Nachricht
deed-next-unread = Nächste ungelesene Nachricht
deed-select-all = Alles auswählen
deed-archive = Archivieren
deed-delete = Löschen
deed-junk = Als Spam einordnen
deed-move = In einen Ordner verschieben
deed-toggle-read = Als gelesen oder ungelesen markieren
deed-toggle-star = Stern setzen oder entfernen
deed-undo = Rückgängig
deed-copy = Ausgewählten Text kopieren
deed-refresh = Jetzt abgleichen
deed-settings = Einstellungen
deed-keys = Diese Liste der Tasten
deed-escape = Menü schließen, Auswahl aufheben
deed-next-pane = Nächster Bereich
deed-close = Fenster schließen
deed-quit = Beenden
folder-inbox = Posteingang
folder-drafts = Entwürfe
folder-sent = Gesendet
folder-archive = Archiv
folder-junk = Spam
folder-trash = Papierkorb
folder-all = Alle Nachrichten
folder-flagged = Markiert
undo = Rückgängig
close = Schließen
cancel = Abbrechen
create = Anlegen
save = Speichern
details = Einzelheiten
dismiss = Ausblenden
try-again = Erneut versuchen
menu = Menü
no-subject = (kein Betreff)
no-sender = (kein Absender)
new-message = Neue Nachricht
reply = Antworten
reply-all = Allen antworten
forward = Weiterleiten
archive = Archivieren
move = In einen Ordner verschieben
junk = Spam
delete = Löschen
more = Mehr
refresh = Jetzt abgleichen
copy = Kopieren
star = Stern setzen
unstar = Stern entfernen
mark-read = Als gelesen markieren
mark-unread = Als ungelesen markieren
mark-all-read = Hier alles als gelesen markieren
accounts = Konten
settings = Einstellungen
connection-log = Verbindungsprotokoll
source = Quelltext
source-loading = Der Quelltext wird gelesen…
split-sidebar = Breite der Ordner
split-list = Breite der Liste
sidebar-folders = Ordner
sidebar-all-inboxes = Alle Posteingänge
sidebar-outbox = Postausgang
sidebar-loading = Die Postfächer werden geöffnet…
account-pop3 = POP3
account-failed = Dieses Konto erreicht seinen Server nicht. Die Statusleiste sagt, warum.
account-plain = Die Verbindung ist nicht verschlüsselt, wie von Ihnen gewählt: Andere auf dem Weg können Post und Passwort mitlesen.
account-secret-file = Kein Schlüsselbund hat geantwortet: Das Passwort dieses Kontos liegt in einer Datei, die nur Sie lesen können.
account-add = Konto hinzufügen
account-edit = Bearbeiten
account-remove = Entfernen
remove-account = Konto entfernen
remove-account-words = Das Konto { $name } verschwindet mit seinem Passwort aus diesem Programm. Die Post auf dem Server bleibt, ebenso die Dateien mit Ihrer Post auf diesem Rechner.
list-unread-of = { $unread } ungelesen von { $total }
list-fetching = Die Post wird geholt…
list-empty = Hier ist nichts.
list-empty-inbox = Hier ist keine Post. Neue erscheint von selbst.
row-to = An { $names }
row-nobody = (noch an niemanden)
row-answered = beantwortet
row-forwarded = weitergeleitet
row-attachments = { $count ->
    [one] 1 Anhang
   *[other] { $count } Anhänge
}
row-star = Mit Stern
reader-toolbar = Nachricht
reader-nothing = Wählen Sie eine Nachricht, um sie zu lesen.
reader-outbox = Was hier wartet, wird gesendet, sobald sein Server es annimmt.
reader-selected = { $count ->
    [one] 1 Nachricht ausgewählt
   *[other] { $count } Nachrichten ausgewählt
}
reader-you = Sie
reader-to = an { $names }
reader-to-more = { $count ->
    [one] an { $names } und eine weitere Person
   *[other] an { $names } und { $count } weitere
}
reader-to-nobody = an niemanden namentlich
reader-more-addresses = { $count ->
    [one] und eine weitere
   *[other] und { $count } weitere
}
reader-quote-show = Zitierten Text anzeigen
reader-quote-hide = Zitierten Text ausblenden
reader-cut = Diese Nachricht ist sehr lang: Nur ihr erster Teil wird gezeigt.
reader-no-text = Diese Nachricht hat keinen Text.
reader-only-attachments = Diese Nachricht hat keinen Text, nur Anhänge.
header-from = Von
header-reply-to = Antwort an
header-to = An
header-cc = Kopie
header-bcc = Blindkopie
defect-no-headers = Diese Nachricht hat keinen Kopf: Niemand kann sagen, von wem sie ist.
defect-too-deep = Die Teile dieser Nachricht sind zu tief verschachtelt; sie wird gezeigt, wie sie kam.
defect-too-many-parts = Diese Nachricht hat mehr Teile, als gezeigt werden.
defect-charset = Einige Buchstaben dieser Nachricht passen nicht zu ihrem Zeichensatz { $charset } und erscheinen als �.
defect-unknown-charset = Der Zeichensatz { $charset } ist unbekannt; einige Buchstaben können falsch sein.
defect-encoding = Ein Teil dieser Nachricht ist beschädigt; gezeigt wird, was lesbar ist.
defect-unterminated = Das Ende dieser Nachricht fehlt; vielleicht wurde sie unterwegs abgeschnitten.
defect-date = Diese Nachricht hat kein lesbares Datum; gezeigt wird die Zeit ihrer Ankunft.
defect-from = Diese Nachricht sagt nicht klar, von wem sie ist.
defect-disguise = Namen oder Betreff dieser Nachricht enthielten Zeichen, die verschleiern, was dort steht; sie erscheinen als �.
attachment-open = { $name } öffnen
save-all = Alle speichern
save-message = Als Datei speichern
save-message-name = Nachricht
save-path = Speicherort
save-path-words = Kein Dateidialog ist erschienen. Geben Sie hier den Pfad der Datei ein.
save-path-directory = Kein Dateidialog ist erschienen. Geben Sie hier den Pfad des Verzeichnisses ein.
move-filter = Ordner suchen
move-nothing = Kein Ordner heißt so.
new-folder = Neuer Ordner
new-folder-name = Name
new-folder-words = In { $account }. Ein Schrägstrich legt den Ordner in einen anderen: Projekte/Maschine.
delete-for-good = Endgültig löschen
delete-for-good-words = { $count ->
    [one] Diese Nachricht wird endgültig aus dem Papierkorb gelöscht. Das lässt sich nicht rückgängig machen.
   *[other] { $count } Nachrichten werden endgültig aus dem Papierkorb gelöscht. Das lässt sich nicht rückgängig machen.
}
deed-keys-title = Tasten
settings-theme = Aussehen
settings-language = Sprache
settings-help = Hilfe
theme-system = Wie die Arbeitsumgebung
theme-light = Hell
theme-dark = Dunkel
language-system = Wie die Arbeitsumgebung
held-keep = Hier behalten
held-remove = Auch hier entfernen
status-to-outbox = Postausgang öffnen
status-idle = Noch nicht verbunden
status-connecting = Verbindung wird aufgebaut…
status-synchronising = Wird abgeglichen…
status-synchronised = Abgeglichen: { $ago }
status-fetching = { $folder } wird geholt
status-progress = { $done } von { $total } · { $rate }
status-queue = { $count ->
    [one] 1 Änderung wartet
   *[other] { $count } Änderungen warten
}
status-plain = nicht verschlüsselt
status-outbox = { $count } im Postausgang
status-outbox-leaving = { $count } im Postausgang, sendet in { $seconds } s
outbox-count = { $count ->
    [one] 1 Nachricht
   *[other] { $count } Nachrichten
}
outbox-loading = Der Postausgang wird gelesen…
outbox-empty = Nichts wartet auf den Versand.
outbox-waiting = Wartet auf den Versand.
outbox-waiting-seconds = { $count ->
    [one] Wird in 1 Sekunde gesendet.
   *[other] Wird in { $count } Sekunden gesendet.
}
outbox-waiting-reason = Wartet: { $reason }. Nächster Versuch { $at }.
outbox-sending = Wird gerade gesendet.
outbox-accepted = Der Server hat sie angenommen: { $reply }
outbox-refused = Der Server hat sie abgelehnt: { $reply }
outbox-refused-only = Der Empfänger wurde abgelehnt.
outbox-refused-some = { $count ->
    [one] Einer von { $total } Empfängern wurde abgelehnt.
   *[other] { $count } von { $total } Empfängern wurden abgelehnt.
}
outbox-unknown = Die Verbindung riss ab, während der Server sie annahm. Vielleicht wurde sie gesendet: Sehen Sie unter „Gesendet“ nach oder fragen Sie den Empfänger, bevor Sie sie noch einmal senden.
outbox-server-said = Der Server sagte: { $reply }
outbox-correct = Andere Adresse statt { $address }
outbox-send-now = Jetzt senden
outbox-resend = Noch einmal an diese senden
outbox-resend-anyway = Trotzdem noch einmal senden
said-archived = { $count ->
    [one] Nachricht archiviert
   *[other] { $count } Nachrichten archiviert
}
said-junk = { $count ->
    [one] Nachricht als Spam eingeordnet
   *[other] { $count } Nachrichten als Spam eingeordnet
}
said-moved = { $count ->
    [one] Nachricht nach { $folder } verschoben
   *[other] { $count } Nachrichten nach { $folder } verschoben
}
said-deleted = { $count ->
    [one] Nachricht in den Papierkorb verschoben
   *[other] { $count } Nachrichten in den Papierkorb verschoben
}
said-deleted-for-good = { $count ->
    [one] Nachricht endgültig gelöscht
   *[other] { $count } Nachrichten endgültig gelöscht
}
said-read = { $count ->
    [one] Als gelesen markiert
   *[other] { $count } Nachrichten als gelesen markiert
}
said-unread = { $count ->
    [one] Als ungelesen markiert
   *[other] { $count } Nachrichten als ungelesen markiert
}
said-starred = { $count ->
    [one] Mit Stern versehen
   *[other] { $count } Nachrichten mit Stern versehen
}
said-unstarred = { $count ->
    [one] Stern entfernt
   *[other] Sterne von { $count } Nachrichten entfernt
}
said-all-read = Alles in { $folder } ist als gelesen markiert
said-undone = Rückgängig gemacht
said-unsent = Nicht gesendet: Sie ist wieder ein Entwurf
said-saved = Gespeichert als { $path }
said-folder-created = Ordner { $folder } angelegt
said-account-removed = Konto { $name } entfernt
said-nothing-unread = Hier ist nichts ungelesen

## command line
cli-output-failed = Die Ausgabe lässt sich nicht schreiben: { $reason }. Das Verlangte kann trotzdem geschehen sein.
cli-file-failed = { $path } lässt sich nicht lesen: { $reason }. Nichts wurde getan.
cli-interrupted = Angehalten. Was nicht fertig wurde, wird das nächste Mal fortgesetzt.
cli-no-such-command = „{ $word }“ ist kein Befehl, keine mailto:-Adresse und keine Datei
cli-no-window = dieses Postwren wurde ohne sein Fenster gebaut: nennen Sie einen Befehl
cli-log-filter = { $variable } ist nicht zu verstehen: { $reason }
cli-demo = Dies ist eine Vorführung: Ihre Server sind in diesem Programm, und am Ende ist alles weg.
cli-changed = { $messages } hier geändert; „postwren sync“ führt es auf dem Server aus.
cli-column-id = ID
cli-column-flags = MARKEN
cli-column-date = DATUM
cli-column-from = VON
cli-column-subject = BETREFF
cli-column-mailbox = ORDNER
cli-column-role = ROLLE
cli-column-unread = UNGELESEN
cli-column-total = GESAMT
cli-column-account = KONTO
cli-column-address = ADRESSE
cli-column-receives = EMPFANG
cli-column-sends = VERSAND
cli-list-empty = { $mailbox } ist leer.
cli-mailboxes-none = Noch gibt es keine Ordner: „postwren sync“ fragt den Server danach.
cli-flag-nothing = nennen Sie mindestens eine Nachricht und eine Marke, etwa: postwren flag 0123456789abc +seen
cli-flag-both = dieselbe Marke lässt sich nicht zugleich setzen und löschen
cli-field-from = Von
cli-field-reply-to = Antwort an
cli-field-to = An
cli-field-cc = Kopie
cli-field-bcc = Blindkopie
cli-field-date = Datum
cli-field-subject = Betreff
cli-show-attachments = Anhänge:
cli-show-no-html = Diese Nachricht hat keinen HTML-Teil.
cli-show-remote = { $count ->
    [one] Sie verweist auf { $count } Sache im Internet; geholt wurde sie nicht.
   *[other] Sie verweist auf { $count } Sachen im Internet; geholt wurde keine.
}
cli-defect-no-headers = Sie hat keine Kopfzeilen.
cli-defect-too-deep = Sie ist zu tief verschachtelt, um zerlegt zu werden; dies ist ihr Quelltext.
cli-defect-too-many-parts = Sie hat mehr Teile, als gezeigt werden.
cli-defect-charset = Etwas darin steht nicht im Zeichensatz { $name }, den sie angibt.
cli-defect-unknown-charset = Niemand kennt ihren Zeichensatz { $name }.
cli-defect-encoding = Ein Teil ist nicht so kodiert, wie sie angibt.
cli-defect-unterminated = Sie endet vor ihrem letzten Teil: vielleicht wurde sie abgeschnitten.
cli-defect-date = Sie hat kein lesbares Datum; gezeigt wird, wann sie ankam.
cli-defect-from = Sie sagt nicht, von wem sie ist, oder sagt es mehrmals.
cli-defect-disguise = Zeichen, die einen Namen oder den Betreff tarnen würden, wurden ersetzt.
cli-defect-shortened = Ihr Text ist länger als das, was davon gezeigt wird.
cli-send-empty = Es gibt keine Nachricht zu senden: Die Eingabe ist leer.
cli-send-queued = Eingereiht als { $id }; „postwren sync“ sendet sie.
cli-send-sending = Wird gesendet …
cli-send-accepted = { $count ->
    [one] An { $shown } Empfänger gesendet: { $reply }
   *[other] An { $shown } Empfänger gesendet: { $reply }
}
cli-send-no-reason = der Server konnte noch nicht gefragt werden
cli-send-waiting = Noch nicht gesendet: { $reason }. Die Nachricht wartet im Postausgang als { $id }; „postwren sync“ versucht es erneut.
cli-send-still = Sie wird noch gesendet; „postwren outbox“ zeigt, was aus { $id } wird.
cli-send-refused = Der Server hat die Nachricht abgelehnt: { $reply }. Sie bleibt im Postausgang als { $id }.
cli-send-kept = Siehe „postwren outbox“; „postwren outbox retry { $id }“ sendet sie erneut, „postwren outbox cancel { $id }“ holt sie zurück.
cli-recipient-waiting = {"  "}{ $address }: wartet
cli-recipient-accepted = {"  "}{ $address }: angenommen
cli-recipient-refused = {"  "}{ $address }: { $reply }
cli-outbox-empty = Der Postausgang ist leer.
cli-outbox-waiting = wartet
cli-outbox-waiting-until = wartet bis { $at }
cli-outbox-waiting-because = wartet ({ $reason })
cli-outbox-waiting-until-because = wartet bis { $at } ({ $reason })
cli-outbox-sending = wird gesendet
cli-outbox-accepted = angenommen ({ $reply })
cli-outbox-refused = abgelehnt ({ $reply })
cli-outbox-unknown = ungewiss: am Ende abgerissen, noch kann es niemand wissen
cli-outbox-cancelled = { $id } ist aus dem Postausgang genommen und wurde nicht gesendet.
cli-outbox-draft = { $id } ist aus dem Postausgang genommen, wurde nicht gesendet und ist wieder ein Entwurf.
cli-transcript-empty = Noch wurde kein Dialog aufgezeichnet.
cli-doctor-checking = Jeder Ordner wird geprüft …
cli-doctor-rebuilding = Der Index wird neu angelegt …
cli-sync-nothing = { $account }: nichts Neues
cli-sync-done = { $account }: { $done }
cli-sync-received = { $count ->
   *[other] { $shown } empfangen
}
cli-sync-flags = { $count ->
    [one] Marken an { $shown } Nachricht
   *[other] Marken an { $shown } Nachrichten
}
cli-sync-removed = { $count ->
   *[other] { $shown } entfernt
}
cli-sync-operations = { $count ->
    [one] { $shown } Änderung ausgeführt
   *[other] { $shown } Änderungen ausgeführt
}
cli-sync-sent = { $count ->
   *[other] { $shown } gesendet
}
cli-sync-waiting = { $count ->
    [one] Eine Änderung wartet noch auf ihren Server und wird das nächste Mal erneut versucht.
   *[other] { $count } Änderungen warten noch auf ihren Server und werden das nächste Mal erneut versucht.
}
cli-sync-not-sent = { $count ->
    [one] Eine Nachricht konnte nicht gesendet werden und braucht Sie: siehe „postwren outbox“.
   *[other] { $count } Nachrichten konnten nicht gesendet werden und brauchen Sie: siehe „postwren outbox“.
}
cli-sync-watching = Es wird gewartet und empfangen; Strg-C beendet es.
cli-sync-in-step = { $account }: auf dem Stand des Servers
cli-sync-arrived = { $mailbox }: { $messages } empfangen
cli-no-accounts = Noch gibt es kein Konto: siehe „postwren account add --help“.
cli-account-named = ein Konto „{ $name }“
cli-account-added = Konto { $name } hinzugefügt.
cli-account-changed = Konto { $name } geändert.
cli-account-next = „postwren account check { $name }“ versucht seine Server; „postwren sync { $name }“ holt seine Post.
cli-account-removed = Konto { $name } von diesem Rechner entfernt; auf seinem Server änderte sich nichts.
cli-account-remove-ask = Dies entfernt das Konto { $name } und alle seine Post von diesem Rechner. Geben Sie seinen Namen ein, um fortzufahren:
cli-account-kept = Nichts wurde entfernt.
cli-account-checking = Die Server werden versucht …
cli-account-reached = { $server }: { $found }
cli-account-plain = Vorsicht: { $server } wird ohne Verschlüsselung erreicht. Jeder auf dem Weg kann Ihr Passwort und Ihre Post lesen.
cli-secret-keyring = Sein Passwort liegt im Schlüsselbund des Systems.
cli-secret-file = Hier antwortet kein Schlüsselbund: Sein Passwort liegt in einer Datei des Profils, die nur Sie lesen können (secrets.toml, Modus 0600).
cli-password-empty = Die erste Zeile der Standardeingabe enthält kein Passwort. Nichts wurde geändert.
cli-password-unreadable = Das Passwort lässt sich nicht von der Standardeingabe lesen ({ $reason }). Nichts wurde geändert.
header-date = Datum

## gui-compose
compose-title = Neue Nachricht
compose-opening = Wird geöffnet …
compose-close = Schließen
compose-send = Senden
compose-sending = Wird gesendet …
compose-send-hint = Die Nachricht senden
compose-key-send = Strg Eingabe
compose-attach = Anhängen
compose-attach-hint = Dateien anhängen; man kann sie auch ins Fenster ziehen oder einfügen
compose-key-attach = Strg Umschalt A
compose-more = Mehr
compose-keep = Als Entwurf behalten
compose-discard = Verwerfen
compose-stay = Weiterschreiben
compose-closing = Diese Nachricht behalten?
compose-closing-words = Sie kann unter „Entwürfe“ bleiben und später fertig geschrieben werden. Was verworfen wird, ist weg.
compose-from = Von
compose-from-none = Konto wählen
compose-to = An
compose-cc = Kopie
compose-bcc = Blindkopie
compose-subject = Betreff
compose-body = Text der Nachricht
compose-body-hint = Schreiben Sie Ihre Nachricht
compose-suggestions = Personen
compose-chip-bad = { $text } – { $reason }
compose-chip-remove = { $name } entfernen
compose-bad-no-at = kein @ darin
compose-bad-local = so kann kein Postfach heißen
compose-bad-domain = solch eine Domain kann es nicht geben
compose-drop = { $count ->
    [one] Loslassen, um { $count } Datei anzuhängen
   *[other] Loslassen, um { $count } Dateien anzuhängen
}
compose-drop-size = { $names } · { $size }
compose-drop-limit = { $names } · { $size } – der Server nimmt bis zu { $limit }
compose-pasted-image = Eingefügtes Bild.png
compose-arriving = wird kopiert …
compose-attachment-remove = { $name } entfernen
compose-total = { $count ->
    [one] { $count } Datei, { $size }
   *[other] { $count } Dateien, { $size }
}
compose-over-limit = Die Nachricht wird etwa { $size } groß; der Server nimmt höchstens { $limit }.
compose-very-large = Die Nachricht wird etwa { $size } groß. Viele Server lehnen mehr als { $limit } ab.
compose-path = Pfad einer Datei
compose-path-words = Der Dateidialog des Systems lässt sich hier nicht öffnen. Tippen Sie den Pfad der Datei, ziehen Sie sie ins Fenster oder fügen Sie sie ein.
compose-path-leave = Abbrechen
compose-saving = Entwurf wird gespeichert …
compose-saved-now = Entwurf eben gespeichert
compose-saved-seconds = Entwurf vor { $count } s gespeichert
compose-saved-minutes = Entwurf vor { $count } min gespeichert
compose-not-saved = Der Entwurf ist nicht gespeichert: { $what } Lassen Sie dieses Fenster offen; es wird wieder versucht.
compose-route-tls = Wird über { $host } gesendet, TLS
compose-route-starttls = Wird über { $host } gesendet, STARTTLS
compose-route-plain = Wird unverschlüsselt über { $host } gesendet: jeder auf dem Weg kann mitlesen
compose-no-account = Es gibt kein Konto zum Senden. Wählen Sie eines unter „Von“.
compose-no-recipients = Es ist niemand genannt, an den gesendet wird.
compose-bad-recipient = „{ $text }“ ist keine Mailadresse. Berichtigen oder entfernen Sie sie und senden Sie dann.
compose-not-attached = „{ $name }“ wurde nicht angehängt. { $what }
compose-doubt-subject = Die Nachricht hat keinen Betreff.
compose-doubt-attachment = Der Text spricht von einem Anhang, und es ist keiner da.
compose-doubt-size = Die Nachricht wird etwa { $size } groß, und der Server nimmt höchstens { $limit }.
compose-send-anyway = Trotzdem senden
compose-details = Einzelheiten
compose-details-less = Einzelheiten verbergen
compose-notice-leave = Hinweis schließen
compose-leaves = { $count ->
    [one] Die Nachricht geht in { $count } Sekunde ab
   *[other] Die Nachricht geht in { $count } Sekunden ab
}
compose-leaves-now = Die Nachricht ist unterwegs
setup-title = Konto einrichten
setup-add = Mailkonto hinzufügen
setup-change = Mailkonto ändern
setup-words = Die Hilfeseiten Ihres Anbieters nennen diese Server. Nichts wird gesendet, bevor Sie „Prüfen“ oder „Anmelden“ drücken.
setup-person = Ihr Name
setup-email = Mailadresse
setup-password = Passwort
setup-password-unchanged = Passwort (leer lassen, um es zu behalten)
setup-password-show = Passwort zeigen
setup-password-hide = Passwort verbergen
setup-user = Benutzername
setup-incoming = Empfang
setup-outgoing = Versand
setup-smtp = SMTP
setup-imap = IMAP
setup-pop3 = POP3
setup-host = { $side }: Server
setup-port = { $side }: Port
setup-server = Server
setup-security = Schutz
setup-tls = TLS
setup-starttls = STARTTLS
setup-plain = Keiner
setup-plain-warning = Ohne Schutz kann jeder auf dem Weg Ihr Passwort und Ihre Mail lesen und verändern. Wählen Sie das nur in einem Netz, dem Sie trauen.
setup-plain-accept = Ich verstehe das und will es so
setup-keep = Mail auf dem Server
setup-keep-always = Dort behalten
setup-keep-days = Einige Tage nach dem Herunterladen entfernen
setup-keep-never = Gleich nach dem Herunterladen entfernen
setup-keep-words = Mail wird auf dem Server erst entfernt, wenn sie auf diesem Rechner sicher ist.
setup-days = Tage auf dem Server
setup-days-unit = { $count ->
    [one] Tag
   *[other] Tage
}
setup-advanced = Weitere Einstellungen
setup-advanced-less = Weniger Einstellungen
setup-ca = Datei einer Zertifizierungsstelle (PEM), freiwillig
setup-ca-label = Zert.-Stelle
setup-ca-words = Nur für Server, deren Zertifikat von einer eigenen Stelle stammt.
setup-choose = Wählen …
setup-by-command = Das Passwort von einem Befehl holen
setup-command = Befehl
setup-command-words = Die erste Zeile, die er ausgibt, ist das Passwort; es wird nicht gespeichert.
setup-testing = Die Server werden geprüft …
setup-result-ok = { $server }: funktioniert ({ $how }).
setup-result-bad = { $server }: { $what } { $advice }
setup-advice-server = Prüfen Sie den Namen des Servers, den Port und den Schutz.
setup-advice-password = Prüfen Sie Benutzername und Passwort; manche Anbieter verlangen ein eigenes App-Passwort für Mailprogramme.
setup-not-added = Das Konto wurde nicht hinzugefügt. { $what } { $advice }
setup-details = Einzelheiten
setup-details-less = Einzelheiten verbergen
setup-secret-keyring = Ihre Mail bleibt auf diesem Rechner in einem einfachen Maildir; das Passwort kommt in den Schlüsselbund des Systems.
setup-secret-command = Ihre Mail bleibt auf diesem Rechner in einem einfachen Maildir; das Passwort wird jedes Mal von Ihrem Befehl erfragt.
setup-secret-file = Hier antwortet kein Schlüsselbund. Das Passwort wird in einer Datei Ihres Profils liegen, die nur Sie lesen können (Modus 0600), aber unverschlüsselt.
setup-demo = Das Demo-Postfach ausprobieren
setup-cancel = Abbrechen
setup-anyway = Trotzdem hinzufügen
setup-test = Prüfen
setup-sign-in = Anmelden
setup-save = Speichern
setup-adding = Wird hinzugefügt …
setup-mistake-email-missing = Geben Sie Ihre Mailadresse ein.
setup-mistake-email = Das ist keine Mailadresse.
setup-mistake-exists = Es gibt schon ein Konto mit dieser Adresse.
setup-mistake-password = Geben Sie das Passwort ein.
setup-mistake-command = Geben Sie den Befehl ein.
setup-mistake-user = Geben Sie den Benutzernamen ein.
setup-mistake-host-missing = Geben Sie den Namen des Servers ein.
setup-mistake-host = So kann kein Server heißen.
setup-mistake-port = Ein Port ist eine Zahl von 1 bis 65535.
setup-mistake-plain = Setzen Sie das Häkchen, oder wählen Sie TLS oder STARTTLS.
setup-mistake-days = Geben Sie eine Zahl von Tagen von 1 bis 3650 ein.
transcript-title = Verbindungsprotokoll
transcript-title-of = Verbindungsprotokoll von { $account }
transcript-filter = Verbindung
transcript-all = Alle Verbindungen
transcript-follow = Dem Ende folgen
transcript-copy = Alles kopieren
transcript-copy-line = Diese Zeile kopieren
transcript-lines = Gespräch
transcript-loading = Das Protokoll wird gelesen …
transcript-empty = Es wurde noch mit keinem Server gesprochen.
transcript-failed = Das Protokoll lässt sich nicht zeigen. { $what } { $advice }

## More of ops

cli-column-change = ÄNDERUNG
cli-column-waits = WARTET
cli-change-flags = Marken
cli-change-move = verschieben
cli-change-copy = kopieren
cli-change-delete = löschen
cli-change-store = ablegen
cli-change-create-mailbox = Ordner anlegen
cli-change-rename-mailbox = Ordner umbenennen
cli-change-delete-mailbox = Ordner löschen
cli-change-subscribe = abonnieren
cli-change-unsubscribe = abbestellen
cli-change-subscription = Abonnement
cli-queue-empty = Nichts wartet auf einen Server.
cli-queue-under-way = wird gerade ausgeführt
cli-queue-until = bis { $at }
cli-queue-until-because = bis { $at } ({ $reason })
cli-queue-sync = auf den nächsten Abgleich
cli-queue-retried = { $id } wird mit dem nächsten „postwren sync“ erneut versucht.
cli-queue-cancelled = { $id } ist aus der Warteschlange, und alles ist wie zuvor.
cli-undo-none = Es gibt nichts zurückzunehmen.
cli-undone = Zurückgenommen: { $change }.
cli-mailbox-changed = Hier erledigt; „postwren sync“ führt es auf dem Server aus.
cli-mailbox-other-account = ein Ordner kann nicht in ein anderes Konto ziehen: { $name }

## More of imap


## More of engine
problem-too-many-files = Postwren hat so viele Dateien offen, wie das System ihm erlaubt.
problem-too-many-files-advice = Nichts ging verloren: Was nicht gespeichert werden konnte, ist noch auf dem Server, und Änderungen warten in der Warteschlange. Es geht von selbst weiter, sobald es kann; andere Programme zu schließen oder eine höhere Grenze (ulimit -n) hilft.
settings-metered = Nur Kopfzeilen holen
metered-system = in getakteten Netzen
metered-always = immer
metered-never = nie
settings-senders = Absender
settings-verify-senders = Absender im DNS prüfen
cli-column-setting = EINSTELLUNG
cli-column-value = WERT
cli-undo-seconds = Sekunden, in denen das Senden zurückgenommen werden kann
cli-on = an
cli-off = aus
problem-reason-details = { $what } ({ $details })
problem-not-stored = Der Server sagte, er habe die Nachricht in { $mailbox } aufgenommen, und dort ist sie nicht.
problem-not-stored-advice = Ihre Nachrichten sind sicher: Nichts wird entfernt, bevor die Nachricht dort gesehen wurde. Es wird erneut versucht.
problem-read-only = Der Server lässt niemanden { $mailbox } ändern.
problem-read-only-advice = Ihre Nachrichten sind sicher, und die Änderung wird hier zurückgenommen. Bitten Sie den Betreiber des Servers um das Recht dazu.
problem-mail-came = In { $mailbox } sind inzwischen Nachrichten gekommen; der Ordner bleibt.
problem-mail-came-advice = Sehen Sie nach, was kam; löschen Sie den Ordner dann noch einmal, wenn Sie es noch wollen.
problem-kept-here = { $count ->
    [one] { $mailbox } gibt es auf dem Server nicht mehr; eine Nachricht daraus ist nur noch hier und bleibt.
   *[other] { $mailbox } gibt es auf dem Server nicht mehr; { $messages } Nachrichten daraus sind nur noch hier und bleiben.
}
problem-kept-here-advice = Verschieben Sie, was Sie behalten möchten, in einen anderen Ordner.
problem-copy-first = Die Kopie ist noch nicht in { $mailbox } angekommen.
problem-waits-advice = Ihre Nachrichten sind hier sicher. Es wird von selbst erneut versucht.
problem-proxy-closed = Der Proxy { $proxy } hat die Verbindung geschlossen.
problem-proxy-wants-login = Der Proxy { $proxy } verlangt Benutzernamen und Passwort.
problem-proxy-takes-no-login = Der Proxy { $proxy } nimmt keinen Benutzernamen und kein Passwort.
problem-proxy-wrong-login = Der Proxy { $proxy } hat Benutzernamen oder Passwort nicht angenommen.
problem-proxy-too-long = Ein Name oder Passwort ist zu lang für den Proxy { $proxy }.
problem-proxy-foreign = Was unter { $proxy } antwortet, ist kein Proxy, der { $protocol } spricht.
problem-proxy-rules = Die Regeln des Proxys { $proxy } erlauben diese Verbindung nicht.
problem-proxy-no-way = Der Proxy { $proxy } erreicht den Server nicht.
problem-proxy-refused-there = Der Proxy { $proxy } erreicht den Server, der die Verbindung ablehnt.
problem-proxy-too-slow = Dem Proxy { $proxy } hat der Server zu lange nicht geantwortet.
problem-proxy-cannot = Der Proxy { $proxy } kann diese Verbindung nicht herstellen (Status { $status }).

problem-headers-only = Von dieser Nachricht ist nur der Kopf auf diesem Computer.
problem-headers-only-advice = Öffnen Sie sie, während ihr Server erreichbar ist; dann wird sie geladen.
cli-account-set-imap = „{ $name }“ empfängt über POP3: Alle Nachrichten liegen hier, und der Server hat keine weiteren Ordner.
cli-show-headers = Von dieser Nachricht ist nur der Kopf auf diesem Computer, und der Rest lässt sich nicht laden. { $reason }
reader-loading-whole = Die Nachricht wird geladen …
reader-headers-only = Von dieser Nachricht ist nur der Kopf auf diesem Computer.
reader-load = Nachricht laden


## More of maildir


## More of outbox

problem-no-reports = Die Nachricht wurde gesendet, doch { $server } meldet keine Zustellung.
problem-no-reports-advice = Es ist nichts weiter zu tun. Um zu erfahren, ob sie ankam, bitten Sie in der Nachricht selbst um Antwort.
date-today = heute
date-tomorrow = morgen
date-weekday-day-month = { $weekday } { $day }. { $month }
cli-outbox-leaves = { $id } geht ab: { $at }.
cli-outbox-leaves-now = { $id } geht mit dem nächsten „postwren sync“ oder „postwren outbox send“ ab.
cli-outbox-filed = { $id } wurde gesendet und liegt unter Gesendet.
cli-outbox-waiting-leaves = geht ab: { $at }
cli-outbox-sent = { $account }: { $count ->
    [one] { $shown } Nachricht gesendet
   *[other] { $shown } Nachrichten gesendet
}
cli-no-time = „{ $text }“ ist keine kommende Zeit; geben Sie sie etwa als „2026-11-24 08:00“, 18:00, „morgen 8:00“ oder +2h an
later-in-an-hour = In einer Stunde ({ $at })
later-this-evening = Heute Abend ({ $at })
later-tomorrow = Morgen früh ({ $at })
later-monday = Montag früh ({ $at })
later-field = Tag und Uhrzeit
later-means = { $at }
later-wrong = Das ist keine kommende Zeit. Schreiben Sie etwa 24.11.2026 08:00, 18:00, morgen 8:00 oder +2h.
later-how = Etwa 24.11.2026 08:00, 18:00, morgen 8:00 oder +2h.
compose-later = Später senden
compose-later-hint = Wählen, wann sie abgeht
compose-key-later = Strg Umschalt Eingabe
compose-later-other = Tag und Uhrzeit wählen …
compose-time = Tag und Uhrzeit, zu der sie abgeht
compose-time-send = Dann senden
compose-leaves-at = Geht ab: { $at }.
compose-report = Um Zustellberichte bitten
outbox-leaves = Geht ab: { $at }.
outbox-report = Um Zustellberichte wird gebeten, sofern der Server die Bitte weitergibt.
outbox-edit = Bearbeiten
outbox-stop = Senden abbrechen
outbox-try-now = Jetzt versuchen
outbox-change-time = Zeit ändern
outbox-set-time = Dann senden
outbox-was-sent = Sie wurde gesendet
outbox-stopped = Nicht gesendet. Die Nachricht liegt unter Entwürfe.
outbox-removed = Nicht gesendet. Die Nachricht ist aus dem Postausgang genommen.


## More of net


## More of folders

drag-messages = { $count ->
    [one] Eine Nachricht
   *[other] { $count } Nachrichten
}
drag-move = Verschieben · mit Strg kopieren
drag-copy = Kopieren
drag-folder = Ordner verschieben
said-copied = { $count ->
    [one] Eine Nachricht nach { $folder } kopiert
   *[other] { $count } Nachrichten nach { $folder } kopiert
}
said-folder-moved = { $name } nach { $folder } verschoben
said-folder-renamed = Ordner in { $name } umbenannt
said-folder-deleted = Ordner { $folder } gelöscht
said-subscribed = { $folder } abonniert
said-unsubscribed = { $folder } nicht mehr abonniert
said-emptied = { $count ->
    [one] Eine Nachricht aus { $folder } in den Papierkorb verschoben
   *[other] { $count } Nachrichten aus { $folder } in den Papierkorb verschoben
}
said-emptied-for-good = { $count ->
    [one] Eine Nachricht aus { $folder } endgültig gelöscht
   *[other] { $count } Nachrichten aus { $folder } endgültig gelöscht
}
said-nothing-to-undo = Es gibt nichts rückgängig zu machen
said-cancelled = Aus der Warteschlange genommen
folder-new-inside = Neuer Ordner darin …
folder-rename = Umbenennen …
folder-move = Ordner verschieben nach …
folder-read = Alle als gelesen markieren
folder-unsubscribe = Abonnement beenden
folder-subscribe = Abonnieren
folder-empty = Leeren …
folder-delete = Ordner löschen …
move-folder-title = { $folder } verschieben nach
empty-title = { $folder } leeren
empty-words = { $count ->
    [one] Die eine Nachricht in { $folder } wird hier und auf dem Server gelöscht. Nach zehn Sekunden kann niemand sie zurückholen.
   *[other] Die { $shown } Nachrichten in { $folder } werden hier und auf dem Server gelöscht. Nach zehn Sekunden kann niemand sie zurückholen.
}
delete-folder = Ordner löschen
delete-folder-title = { $folder } löschen
delete-folder-words = { $count ->
    [one] { $folder } enthält eine Nachricht. Sie kommt in den Papierkorb, dann wird der Ordner gelöscht, hier und auf dem Server.
   *[other] { $folder } enthält { $shown } Nachrichten. Sie kommen in den Papierkorb, dann wird der Ordner gelöscht, hier und auf dem Server.
}
delete-folders-words = { $count ->
    [one] { $folder } und die Ordner darin enthalten eine Nachricht. Sie kommt in den Papierkorb, dann werden alle gelöscht, hier und auf dem Server.
   *[other] { $folder } und die Ordner darin enthalten { $shown } Nachrichten. Sie kommen in den Papierkorb, dann werden alle gelöscht, hier und auf dem Server.
}
deed-rename-folder = Ordner umbenennen
deed-queue = Zeigen, was auf die Server wartet
queue-title = Wartet auf die Server
queue-words = Diese Änderungen gelten hier schon. Jede geht an ihren Server, sobald er erreichbar ist; bis dahin geht nichts verloren.
queue-empty = Nichts wartet: Die Server kennen jede Änderung.
queue-more = { $count ->
    [one] und eine weitere
   *[other] und { $shown } weitere
}
queue-retry-all = Alle erneut versuchen
queue-under-way = wird gerade ausgeführt
queue-next = wartet, bis es an der Reihe ist
queue-again = wieder um { $time }
queue-a-message = eine Nachricht
queue-flags = „{ $subject }“ kennzeichnen
queue-move = „{ $subject }“ nach { $folder } verschieben
queue-copy = „{ $subject }“ nach { $folder } kopieren
queue-expunge = „{ $subject }“ endgültig löschen
queue-append = „{ $subject }“ in { $folder } ablegen
queue-create = Ordner { $folder } anlegen
queue-rename = Ordner { $folder } umbenennen oder verschieben
queue-delete = Ordner { $folder } löschen
queue-subscribe = { $folder } abonnieren
queue-unsubscribe = Abonnement von { $folder } beenden
removed-carry = Auch auf dem Server entfernen
removed-fetch = Wieder holen
said-undone-what = Rückgängig: { $what }
undo-flags = { $count ->
    [one] Eine Nachricht markiert
   *[other] { $count } Nachrichten markiert
}
undo-move = { $count ->
    [one] Eine Nachricht verschoben
   *[other] { $count } Nachrichten verschoben
}
undo-copy = { $count ->
    [one] Eine Nachricht kopiert
   *[other] { $count } Nachrichten kopiert
}
undo-delete = { $count ->
    [one] Eine Nachricht gelöscht
   *[other] { $count } Nachrichten gelöscht
}
undo-create = Einen Ordner angelegt
undo-rename = Einen Ordner umbenannt oder verschoben
undo-delete-folder = Einen Ordner gelöscht
undo-subscribe = Das Abonnement eines Ordners
folder-name-slash = Ein Name enthält kein „/“.
folder-name-bad = So kann ein Ordner nicht heißen.
folder-name-long = Dieser Name ist zu lang.
folder-name-taken = Hier gibt es schon einen Ordner mit diesem Namen.
key-space = Leertaste
deed-visit-next = Zur nächsten Nachricht, die Auswahl bleibt
deed-visit-previous = Zur vorigen Nachricht, die Auswahl bleibt
deed-toggle-selected = Diese Nachricht dazu auswählen oder nicht mehr
deed-extend-page-down = Eine Seite weiter dazu auswählen
deed-extend-page-up = Eine Seite zurück dazu auswählen
deed-extend-first = Bis zur ersten Nachricht auswählen
deed-extend-last = Bis zur letzten Nachricht auswählen
account-offline = Es gibt kein Netz

## More of account-settings


## More of queue


## More of search

cli-search-nothing = { $count ->
    [one] In der einen durchsuchten Nachricht wurde nichts gefunden.
   *[other] In den { $shown } durchsuchten Nachrichten wurde nichts gefunden.
}


## More of pop3

## More of settings

account-settings = Einstellungen des Kontos …
account-settings-title = Einstellungen von { $account }
account-refresh = Jetzt Post holen
account-servers = Server und Passwort …
account-remove-menu = Konto entfernen …
account-saving = Wird gespeichert …
account-not-saved = Die Einstellungen wurden nicht gespeichert. { $what } { $advice }
account-keep = Post auf diesem Computer
account-keep-full = Alle Post
account-keep-full-words = Jede Nachricht ist hier: Sie lässt sich ohne Netz lesen und durchsuchen.
account-keep-months = Post der letzten Monate
account-months = Monate
account-months-unit = { $count ->
    [one] Monat
   *[other] Monate
}
account-keep-months-words = Von älteren Nachrichten ist nur der Kopf hier; der Rest wird beim Öffnen geladen.
account-keep-headers = Erst die Köpfe
account-keep-headers-words = Nachrichten erscheinen sofort in der Liste, und jede wird beim Öffnen geladen.
account-keep-words = Was schon hier ist, bleibt hier, was immer Sie wählen.
account-watch = Beobachtete Ordner
account-watch-words = Neue Post im Posteingang wird sofort gemeldet. Hier genannte Ordner werden ebenso beobachtet, jeder über eine eigene Verbindung; in die anderen wird reihum geschaut.
account-watch-add = Ordner zum Beobachten suchen
account-watch-none = Kein anderer Ordner hat diese Wörter im Namen.
account-watch-missing = nicht auf dem Server
account-unwatch = { $folder } nicht mehr beobachten
account-watch-full = { $count ->
    [one] Die Verbindungen reichen nicht: In einen dieser Ordner wird stattdessen reihum mit den übrigen geschaut.
   *[other] Die Verbindungen reichen nicht: In { $shown } dieser Ordner wird stattdessen reihum mit den übrigen geschaut.
}
account-connections = Verbindungen zum Server
account-connections-own = So viele, wie nützen
account-connections-most = Höchstens
account-connections-count = Höchstzahl der Verbindungen
account-connections-unit = { $count ->
    [one] Verbindung
   *[other] Verbindungen
}
account-connections-words = Manche Server lassen nur wenige zugleich zu. Was immer Sie wählen: Verweigert der Server eine, kommt Postwren mit weniger aus.
account-proxy = Proxy
account-proxy-none = Keiner: direkt mit den Servern verbinden
account-proxy-socks5 = SOCKS5
account-proxy-http = HTTP CONNECT
account-proxy-server = Proxy
account-proxy-as = Anmelden als
account-proxy-secret = Passwort
account-proxy-host = Name des Proxys
account-proxy-port = Port
account-proxy-user = Benutzername, falls der Proxy einen will
account-proxy-password = Passwort, falls der Proxy eines will
account-proxy-password-kept = Passwort (leer lassen, um es zu behalten)
account-proxy-forget = Das gespeicherte Passwort vergessen
account-proxy-words = Empfang und Versand gehen beide über ihn, und er löst die Namen der Server auf. Wo die Verbindungen des Kontos verschlüsselt sind, kann der Proxy Ihre Post nicht lesen.
account-removals = Entfernen durch andere Programme
account-removals-words = Wenn ein anderes Programm auf diesem Computer Nachrichten aus den Ordnern dieses Kontos entfernt:
account-removals-ask = Mich fragen
account-removals-carry = Sie auch auf dem Server entfernen
account-removals-fetch = Sie wieder vom Server holen
account-mistake-months = Geben Sie eine Zahl von Monaten von 1 bis 1200 ein.
account-mistake-connections = Geben Sie eine Zahl von Verbindungen von 1 bis 50 ein.
account-mistake-host-missing = Geben Sie den Namen des Proxys ein.
account-mistake-host = So kann kein Proxy heißen.
account-mistake-port = Ein Port ist eine Zahl von 1 bis 65535.
account-mistake-user = Geben Sie den Benutzernamen ein, zu dem das Passwort gehört; er hat höchstens 255 Zeichen.
account-mistake-password = Ein Passwort hat höchstens 255 Zeichen.
settings-accounts = Konten und ihre Einstellungen …
folder-watch = Diesen Ordner beobachten
folder-unwatch = Diesen Ordner nicht beobachten
said-watched = Neue Post in { $folder } wird sofort gemeldet
fetching-reply = „{ $subject }“ wird geladen, um darauf zu antworten …
fetching-forward = „{ $subject }“ wird geladen, um sie weiterzuleiten …
fetching-save = „{ $subject }“ wird geladen, um sie zu speichern …
store-back = Er ist wieder da
store-fetch = Seine Post neu holen
said-fetching-again = Der Ordner wurde neu angelegt; seine Post wird wieder geholt
removed-in-folders = { $account }: Ein anderes Programm hat { $removals } Nachrichten aus { $folders } Ordnern auf diesem Computer entfernt.
folder-export = Exportieren …
export-title = { $folder } exportieren
export-words = { $messages } für andere Programme schreiben, im Hintergrund. Nichts, was schon da ist, wird überschrieben.
export-mbox = Als eine Datei (mbox) …
export-eml = Als Ordner mit einer Datei je Nachricht (.eml) …
status-exporting = { $folder } wird exportiert
status-exported = { $done } von { $total }
cli-mailbox-exporting = Wird exportiert …
cli-mailbox-exported = { $messages } nach { $path } exportiert
said-unwatched = { $folder } wird nicht mehr beobachtet

## More of render
cli-render-failed = Die Seite wird nicht gezeichnet: { $reason }.
cli-render-done = Bilder aus dem Netz blockiert: { $blocked }, Zählpixel entfernt: { $trackers }, nicht gekommene Bilder: { $missing }.

## More of mime

defect-no-boundary = Die Teile dieser Nachricht lassen sich nicht trennen: Sie sagt nicht, was zwischen ihnen steht.
defect-header-bytes = Der Kopf dieser Nachricht enthält Bytes, die kein Text sind; einige Buchstaben können falsch sein.
defect-duplicate = Das Kopffeld { $name } steht mehrmals da; geglaubt wird dem ersten.
defect-unknown-encoding = Ein Teil dieser Nachricht ist als „{ $name }“ kodiert, was niemand kennt; er wird gezeigt, wie er kam.
defect-nul = Diese Nachricht enthält NUL-Bytes, die kein Mailprogramm schreiben sollte; sie erscheinen als �.
defect-tnef = Die Datei winmail.dat, in die Outlook Anhänge gepackt hat, ließ sich nicht vollständig öffnen.
danger-program = Das ist ein Programm: Wer es öffnet, führt es aus.
danger-script = Das ist ein Skript: Wer es öffnet, führt es womöglich aus.
danger-macros = Dieses Dokument kann Programme (Makros) enthalten.
danger-shortcut = Diese Datei öffnet etwas anderes als sich selbst.
danger-disk-image = Das ist das Abbild eines Datenträgers: Was darin ist, entgeht den Warnungen des Systems.
danger-page = Das ist eine Seite, die Skripte ausführen und eine Anmeldung nachahmen kann.
danger-double-extension = Ihr Name täuscht eine andere Art von Datei vor.
danger-disguised-name = Zeichen, die ihren Namen tarnen, wurden entfernt.
danger-type-mismatch = Sie gibt sich harmlos, und ihr Name sagt anderes.
seal-other = einem unbekannten Verfahren
seal-signed = Sie gibt an, mit { $technique } signiert zu sein. Niemand hat die Signatur geprüft.
seal-signed-part = Ein Teil von ihr gibt an, mit { $technique } signiert zu sein. Niemand hat die Signatur geprüft.
seal-encrypted = Sie ist mit { $technique } verschlüsselt, was Postwren nicht entschlüsseln kann.
seal-encrypted-part = Ein Teil von ihr ist mit { $technique } verschlüsselt, was Postwren nicht entschlüsseln kann.
seal-keys = Sie bringt Schlüssel oder Zertifikate für { $technique } mit.
seal-compressed = Sie ist mit { $technique } komprimiert.
report-failed = Sie wurde { $address } nicht zugestellt.
report-delayed = Sie wurde { $address } noch nicht zugestellt; es wird weiter versucht.
report-delivered = Sie wurde { $address } zugestellt.
report-relayed = Sie wurde für { $address } einem System übergeben, das keine Berichte sendet.
report-expanded = Sie wurde { $address } zugestellt und an mehrere weitergeleitet.
report-unknown = Der Bericht sagt nicht, was für { $address } aus ihr wurde.
report-retried = Versucht wird es bis { $until }.
reason-no-such-mailbox = Dieses Postfach gibt es dort nicht: Prüfen Sie die Adresse auf Tippfehler.
reason-no-such-domain = Die Domain gibt es nicht: Prüfen Sie die Adresse auf Tippfehler.
reason-domain-without-mail = Die Domain nimmt keine E-Mail an.
reason-bad-address = Die Adresse ist nicht so geschrieben, wie Adressen es sind.
reason-mailbox-moved = Das Postfach ist umgezogen und hat jetzt eine andere Adresse.
reason-bad-sender-address = Der Server nimmt die Absenderadresse nicht an.
reason-mailbox-disabled = Das Postfach ist abgeschaltet.
reason-mailbox-full = Das Postfach ist voll.
reason-message-too-large = Die Nachricht ist zu groß dafür.
reason-list = Die Mailingliste konnte sie nicht weitergeben.
reason-system-full = Die Platte des Servers dort ist voll.
reason-not-accepting = Der Server dort nimmt zurzeit keine E-Mail an.
reason-system-trouble = Der Server dort hat selbst Schwierigkeiten.
reason-no-answer = Der Server dort hat nicht geantwortet.
reason-bad-connection = Die Verbindung zum Server dort riss ab.
reason-no-route = Es ist kein Weg dorthin bekannt.
reason-congestion = Zu viel E-Mail ist dorthin unterwegs.
reason-loop = Sie lief im Kreis.
reason-expired = Es wurde zu lange versucht.
reason-too-many-recipients = Sie hat für den Server dort zu viele Empfänger.
reason-protocol = Die beiden Server verstanden einander nicht.
reason-content = Der Server dort nimmt einen solchen Inhalt nicht an.
reason-policy = Der Server dort lehnt sie nach seinen Regeln ab, vielleicht als Spam.
reason-not-allowed = Der Absender darf dorthin nicht schreiben.
reason-sender-not-proved = Der Server dort zweifelt am Absender: SPF, DKIM oder DMARC schlug fehl.
reason-encryption = Verschlüsselung ist verlangt und war nicht zu haben.
reason-rate-limit = Vom Server des Absenders kam zu viel E-Mail.
disposition-displayed = Sie wurde { $who } angezeigt, was nicht heißt, dass sie gelesen wurde.
disposition-deleted = { $who } hat sie gelöscht, vielleicht ungesehen.
disposition-dispatched = { $who } hat sie weitergeleitet.
disposition-processed = Ein Programm von { $who } hat sie verarbeitet; niemand hat sie gesehen.
disposition-denied = { $who } möchte nicht sagen, was aus ihr wurde.
disposition-failed = Bei { $who } ging etwas mit ihr schief.
disposition-unknown = { $who } berichtet über sie in Worten, die kein Standard kennt.
disposition-automatic = Das hat ein Programm entschieden, kein Mensch.
invitation-publish = Termin
invitation-request = Einladung
invitation-reply = Antwort auf eine Einladung
invitation-add = Weitere Daten eines Termins
invitation-cancel = Abgesagt
invitation-refresh = Frage nach dem neuesten Stand eines Termins
invitation-counter = Vorschlag für eine andere Zeit
invitation-decline-counter = Die vorgeschlagene Zeit wurde abgelehnt
invitation-span = { $from } bis { $to }
invitation-in-zone = { $span } (geschrieben für { $zone })
invitation-unknown-zone = { $span } (in einer Zone, die niemand kennt: { $zone })
recurrence-often = immer wieder
recurrence-daily = { $n ->
    [one] jeden Tag
   *[other] alle { $n } Tage
}
recurrence-weekly = { $n ->
    [one] jede Woche
   *[other] alle { $n } Wochen
}
recurrence-monthly = { $n ->
    [one] jeden Monat
   *[other] alle { $n } Monate
}
recurrence-yearly = { $n ->
    [one] jedes Jahr
   *[other] alle { $n } Jahre
}
recurrence-on = { $rule } am { $days }
recurrence-month-days = { $rule } am { $days }. des Monats
recurrence-count = { $rule }, { $count } Mal
recurrence-until = { $rule } bis { $day }
recurrence-left-out = { $rule }, außer { $count }
recurrence-more = { $rule }, mit mehr Regeln, als hier stehen
recurrence-last = letzten { $day }
recurrence-nth = { $nth }. { $day }
recurrence-nth-last = { $nth }.-letzten { $day }
weekday-monday = Montag
weekday-tuesday = Dienstag
weekday-wednesday = Mittwoch
weekday-thursday = Donnerstag
weekday-friday = Freitag
weekday-saturday = Samstag
weekday-sunday = Sonntag
answer-none = nicht geantwortet
answer-accepted = zugesagt
answer-declined = abgesagt
answer-tentative = vielleicht
answer-delegated = delegiert
answer-completed = erledigt
answer-in-process = in Arbeit
trust-verified = Die Domain { $domain } des Absenders ist bewiesen.
trust-verified-by = Die Domain { $domain } des Absenders ist bewiesen, sagt Ihr Server ({ $server }).
trust-failed = Sie kommt nicht von der Domain in der Absenderadresse oder wurde unterwegs verändert.
trust-unknown = Nichts beweist, wer sie gesendet hat.
trust-not-checked = Niemand hat geprüft, wer sie gesendet hat.
trust-suspicious = Ihr Absender täuscht etwas vor.
suspicion-name-is-address = Der Name des Absenders sagt { $shown }, die Adresse aber ist { $real }.
suspicion-hidden = Name oder Adresse des Absenders enthalten Zeichen, die niemand sehen kann.
suspicion-mixed-scripts = Die Domain { $domain } mischt Buchstaben mehrerer Schriften; schlicht geschrieben ist sie { $ascii }.
suspicion-look-alike = Die Domain { $domain } ahmt lateinische Buchstaben nach; schlicht geschrieben ist sie { $ascii }.
suspicion-several-authors = Sie nennt mehrere Absender; andere Programme zeigen vielleicht einen anderen.
suspicion-forged-results = Sie bringt Prüfungen im Namen Ihres Servers mit, die er nicht geschrieben hat.
note-sender-differs = Gesendet hat sie { $address } für den Verfasser.
note-reply-to-differs = Antworten gehen an { $address }.
note-return-path-differs = Zustellfehler gehen an { $address }.
note-international = Die Domain { $domain } heißt schlicht geschrieben { $ascii }.
trust-check = { $method }: { $outcome }
trust-check-domain = { $method }: { $outcome } ({ $domain })
outcome-pass = bestanden
outcome-fail = nicht bestanden
outcome-soft-fail = eher nicht bestanden
outcome-neutral = sagt nichts
outcome-none = nichts zu prüfen
outcome-temp-error = war nicht nachzuschlagen
outcome-perm-error = falsch eingerichtet
outcome-policy = bestanden, aber nicht wie Ihr Server es will
transit-encrypted = Sie war auf jedem Schritt ihres Weges verschlüsselt.
transit-clear = Sie war nicht auf ihrem ganzen Weg verschlüsselt.
transit-unknown = Ob sie unterwegs verschlüsselt war, ist nicht gesagt.
hop-encrypted = verschlüsselt
hop-encrypted-with = verschlüsselt ({ $version })
hop-local = innerhalb einer Maschine
hop-clear = unverschlüsselt
hop-unknown = nicht gesagt
cli-show-when = Wann
cli-show-where = Wo
cli-show-meeting = Online
cli-show-organiser = Veranstalter
cli-show-repeats = Wiederholung
cli-show-attendee = Eingeladen
cli-show-about = Betrifft
cli-show-said = Worte des Servers

## More of threads

# Nothing in a mailbox passes what was asked for.
cli-list-nothing = In { $mailbox } ist nichts dergleichen.
cli-search-saved = Die Suche ist unter „{ $name }“ gespeichert.

## More of list

search = Alle Nachrichten durchsuchen
search-close = Suche verlassen
search-help = Wörter finden ganze Wörter; Anführungszeichen halten sie zusammen. Was sonst verstanden wird:
operator-from = wer schrieb
operator-to = an wen
operator-subject = im Betreff
operator-body = im Text
operator-filename = Name eines Anhangs
operator-attachment = mit Anhängen
operator-unread = noch ungelesen
operator-in = in einem Ordner
operator-before = 2026-11, 7d, today
operator-larger = 500k, 5M
search-results = Suche
search-found = { $count ->
    [0] nichts gefunden
    [one] 1 Nachricht
   *[other] { $shown } Nachrichten
}
search-found-more = mehr als { $shown }
search-searched = { $count ->
    [one] Die eine Nachricht wurde durchsucht, ihr ganzer Text.
   *[other] { $shown } Nachrichten wurden durchsucht, ihr ganzer Text.
}
search-waiting = { $shown } Nachrichten wurden durchsucht; { $waiting } werden noch gelesen.
search-nothing = Nichts passt.
search-by-date = Nach Datum
search-by-relevance = Nach Bedeutung
search-keep = Als Ordner behalten …
search-save = Suche behalten
search-save-says = Sie steht von da an bei Ihren Ordnern und zeigt, was gerade passt.
search-name = Name
search-name-taken = Eine andere Suche heißt schon so.
search-saved = Diese Suche
search-rename = Umbenennen …
search-delete = Suche vergessen
search-delete-says = „{ $name }“ verschwindet aus Ihren Ordnern. Keine Nachricht wird gelöscht.
said-search-saved = Die Suche ist behalten.
deed-search = Alle Nachrichten durchsuchen
deed-filter = Wie die Liste gezeigt wird
listing = Wie die Liste gezeigt wird
listing-rows = Zeilen
listing-threads = Unterhaltungen
listing-messages = Einzelne Nachrichten
listing-cards = Karten
listing-columns = Je eine Zeile
listing-show = Nur zeigen
listing-unread = Ungelesene
listing-starred = Mit Stern
listing-attachment = Mit Anhängen
listing-text = Wörter in Absender oder Betreff
listing-with = „{ $text }“
listing-only = Nur: { $what }
listing-everything = Alle zeigen
listing-nothing = Hier passt nichts.
listing-sort = Sortieren nach
sort-date = Datum
sort-sender = Absender
sort-subject = Betreff
sort-size = Größe
sort-oldest = Älteste zuerst
sort-newest = Neueste zuerst
sort-a-to-z = A bis Z
sort-z-to-a = Z bis A
sort-smallest = Kleinste zuerst
sort-largest = Größte zuerst
listing-day = Zu einem Tag gehen
listing-day-hint = 2026-11-24, 2025, 3m …
listing-day-unclear = Schreiben Sie 2026-11-24, 2026-11, 2026, today, oder 3m für vor drei Monaten.

## More of reader

page-failed = Diese Nachricht lässt sich nicht zeigen, wie sie gestaltet wurde; dies ist ihr Text.
page-cut = Diese Nachricht geht weiter als hier gezeigt werden kann.
page-images-blocked = { $count ->
    [one] Ein Bild von einem anderen Server wurde zum Schutz Ihrer Privatsphäre nicht geladen.
   *[other] { $count } Bilder von anderen Servern wurden zum Schutz Ihrer Privatsphäre nicht geladen.
}
page-images-missing = { $count ->
    [one] Ein Bild von einem anderen Server ließ sich nicht laden.
   *[other] { $count } Bilder von anderen Servern ließen sich nicht laden.
}
page-trackers = { $count ->
    [one] Ein Zählpixel entfernt.
   *[other] { $count } Zählpixel entfernt.
}
page-images-once = Einmal anzeigen
page-images-always = Immer von diesem Absender
page-images-never = Nie von diesem Absender
page-as-text = Als Text anzeigen
page-as-designed = Wie gestaltet anzeigen
page-dark = Auf dunkler Seite anzeigen
page-light = Auf heller Seite anzeigen
link-doubtful = Diesen Link öffnen?
link-refused = Dieser Link wird nicht geöffnet
link-no-scheme = Er führt zu nichts, das sich öffnen lässt.
link-scheme = Er führt weder zu einer Seite noch zu einer Adresse, sondern zu etwas namens „{ $scheme }“.
link-other-site = Er zeigt { $shown }, führt aber zu { $target }.
link-other-address = Er zeigt { $shown }, schreibt aber an { $target }.
link-look-alike = { $host } sieht aus wie { $resembles }, ist aber ein anderer Name.
link-mixed-script = Die Buchstaben von { $host } stammen aus mehreren Schriften.
link-punycode = { $host } hat Buchstaben einer anderen Schrift. Im Netz heißt es { $ascii }.
link-user-info = Was vorn steht, „{ $user }“, ist nicht das Ziel: das ist { $host }.
link-numeric = Er führt zu einer Nummer, { $host }, nicht zu einem Namen.
link-open = Trotzdem öffnen
link-copy = Adresse kopieren
find-hint = In dieser Nachricht suchen
find-nothing = Nicht gefunden
find-count = { $at } von { $count }
deed-find = In der Nachricht suchen
deed-find-next = Nächste Stelle
deed-find-previous = Vorige Stelle
deed-zoom-in = Größerer Text
deed-zoom-out = Kleinerer Text
deed-zoom-reset = Text in üblicher Größe
deed-toggle-page = Nachricht als Text oder wie gestaltet anzeigen

## More of attachments

trust-short-verified = Absender bestätigt
trust-short-failed = Nicht von diesem Absender
trust-short-suspicious = Verdächtig
trust-short-unknown = Absender unbestätigt
trust-short-encrypted = verschlüsselt unterwegs

reader-trust-details = Über den Absender
report-heading = Bericht über eine Nachricht
report-about = Es geht um „{ $subject }“.
invitation-more = und { $count } weitere

## More of foreign

folder-local = Lokale Ordner
cli-import-local = Nachrichten werden nach local/NAME importiert; von dort lassen sie sich in jedes Konto verschieben
cli-import-new = { $mailbox }: { $messages } importiert
cli-import-known = { $count ->
    [one] { $shown } war schon hier
   *[other] { $shown } waren schon hier
}
cli-import-deleted = { $count ->
    [one] { $shown } war in ihrer Mbox gelöscht
   *[other] { $shown } waren in ihrer Mbox gelöscht
}
cli-import-passed = { $count ->
    [one] { $shown } Datei ist keine Nachricht
   *[other] { $shown } Dateien sind keine Nachrichten
}
cli-import-more-failed = { $count ->
    [one] Eine weitere war nicht lesbar.
   *[other] { $count } weitere waren nicht lesbar.
}
cli-few-descriptors = Postwren braucht mindestens { $count } offene Dateien mehr, als das System ihm lässt; erhöhen Sie die Grenze (ulimit -n), oder schließen Sie etwas

## More of attachments

attachments = Anhänge
attachment-show = { $name } zeigen
attachment-more = Was mit { $name } getan werden kann
files-more = { $count ->
    [one] Einen weiteren Teil zeigen
   *[other] { $count } weitere Teile zeigen
}
files-fewer = Nur Dateien zeigen
file-show = Zeigen
file-open = Öffnen
file-open-asking = Öffnen…
file-save = Speichern unter…
file-copy = Kopieren
file-question = Diese Datei öffnen?
file-question-advice = Öffnen Sie sie nur, wenn Sie sie erwartet haben und den Absender kennen. Fragen Sie im Zweifel auf einem anderen Weg nach.
file-open-anyway = Trotzdem öffnen
file-unknown-kind = Postwren kennt Dateien dieser Art nicht. Ein Programm Ihres Desktops würde sie öffnen.
file-kind-other = Datei
file-kind-text = Text
file-kind-image = Bild
file-kind-audio = Ton
file-kind-video = Film
file-kind-pdf = PDF
file-kind-document = Dokument
file-kind-spreadsheet = Tabelle
file-kind-presentation = Präsentation
file-kind-archive = Archiv
file-kind-page = Webseite
file-kind-calendar = Kalender
file-kind-contact = Kontakt
file-kind-message = Nachricht
file-kind-key = Schlüssel oder Signatur
file-kind-program = Programm
danger-short-program = Ein Programm
danger-short-script = Ein Skript
danger-short-macros = Kann Makros enthalten
danger-short-shortcut = Öffnet etwas anderes
danger-short-disk-image = Das Abbild eines Datenträgers
danger-short-page = Eine Seite, die eine Anmeldung vortäuschen kann
danger-short-double-extension = Ihr Name täuscht eine andere Art vor
danger-short-disguised-name = Ihr Name war verschleiert
danger-short-type-mismatch = Sie ist nicht, was sie vorgibt
preview-of = { $name }, gezeigt
preview-loading = Wird geöffnet…
preview-page = Seite { $page } von { $count }
preview-pixels = { $width } × { $height } Pixel
preview-zoom = { $percent } %
preview-of-many = { $at } von { $count }
preview-before = Der Anhang davor
preview-after = Der nächste Anhang
preview-cut = Nur der erste Teil wird gezeigt. Zum Ganzen öffnen oder speichern Sie die Datei.
preview-more-pages = Gezeigt werden die ersten { $shown } von { $count } Seiten. Zum Ganzen öffnen oder speichern Sie die Datei.
preview-no-kind = Dateien dieser Art können hier nicht gezeigt werden; öffnen oder speichern Sie sie.
preview-too-large = Sie ist zu groß, um hier gezeigt zu werden; öffnen oder speichern Sie sie.
preview-locked = Sie ist mit einem Kennwort gesperrt und kann hier nicht gezeigt werden; öffnen oder speichern Sie sie.
preview-unreadable = Sie kann hier nicht gezeigt werden: Sie ist beschädigt oder nicht, was ihr Name sagt. Öffnen oder speichern Sie sie.
preview-costly = Sie kann hier nicht gezeigt werden: Es dauerte zu lange oder brauchte zu viel Speicher. Öffnen oder speichern Sie sie.
preview-no-worker = Sie kann nicht gezeigt werden: Der Prozess, der Dateien zeichnet, startet nicht. Öffnen oder speichern Sie sie.
letter-attached = Angehängte Nachricht
source-of = Quelltext: { $subject }
source-tab-headers = Kopfzeilen
source-tab-source = Quelltext
source-find = Im Quelltext suchen
source-lines = Zeilen des Quelltexts
source-empty = Er ist leer.
source-size = { $size }
source-reading = { $size } werden gelesen…
source-seeking = Sucht…
source-not-found = Nicht gefunden
source-copied = Kopiert
deed-source = Quelltext und alle Kopfzeilen

## More of cards

day-today = Heute
reader-messages = { $count } Nachrichten
reader-unfold-all = Alle Nachrichten aufklappen
reader-fold-all = Alle Nachrichten bis auf eine zuklappen
reader-unfold = Nachricht von { $name } aufklappen
reader-fold = Nachricht von { $name } zuklappen
reader-older = { $count } ältere Nachrichten
reader-monospace = Schrift mit fester Breite
reader-proportional = Gewöhnliche Schrift
deed-next-card = Nächste Nachricht der Unterhaltung
deed-previous-card = Vorige Nachricht der Unterhaltung
deed-toggle-card = Nachricht auf- oder zuklappen
deed-unfold-all = Alle Nachrichten der Unterhaltung auf- oder zuklappen
deed-monospace = Schrift mit fester Breite oder gewöhnliche

## More of print
print = Drucken…
print-pdf = Als PDF speichern…
print-attachments = Anhänge
print-making = { $subject } wird für den Druck vorbereitet …
print-making-pdf = Aus { $subject } wird ein PDF …
print-viewer = Dieser Desktop bietet keinen Druckdialog. Die Nachricht wurde als PDF geöffnet; drucken Sie sie von dort.
print-cut = Nur die ersten { $pages } Seiten sind enthalten.
problem-unprintable = Die Nachricht ließ sich nicht zu Papier bringen.
problem-unprintable-advice = Zeigen Sie sie als Text (Strg Umschalt H) und versuchen Sie es erneut; die Nachricht selbst ist unversehrt.
deed-print = drucken
cli-render-pages = { $pages ->
    [one] Eine Seite geschrieben.
   *[other] { $pages } Seiten geschrieben.
}
cli-render-cut = Nur die ersten { $pages } Seiten wurden geschrieben.

## More of speed

## More of engine
problem-too-many-files = Postwren hat so viele Dateien offen, wie das System ihm erlaubt.
problem-too-many-files-advice = Nichts ging verloren: Was nicht gespeichert werden konnte, ist noch auf dem Server, und Änderungen warten in der Warteschlange. Es geht von selbst weiter, sobald es kann; andere Programme zu schließen oder eine höhere Grenze (ulimit -n) hilft.
settings-metered = Nur Kopfzeilen holen
metered-system = in getakteten Netzen
metered-always = immer
metered-never = nie
settings-senders = Absender
settings-verify-senders = Absender im DNS prüfen
cli-column-setting = EINSTELLUNG
cli-column-value = WERT
cli-undo-seconds = Sekunden, in denen das Senden zurückgenommen werden kann
problem-reason-details = { $what } ({ $details })
problem-not-stored = Der Server sagte, er habe die Nachricht in { $mailbox } aufgenommen, und dort ist sie nicht.
problem-not-stored-advice = Ihre Nachrichten sind sicher: Nichts wird entfernt, bevor die Nachricht dort gesehen wurde. Es wird erneut versucht.
problem-read-only = Der Server lässt niemanden { $mailbox } ändern.
problem-read-only-advice = Ihre Nachrichten sind sicher, und die Änderung wird hier zurückgenommen. Bitten Sie den Betreiber des Servers um das Recht dazu.
problem-mail-came = In { $mailbox } sind inzwischen Nachrichten gekommen; der Ordner bleibt.
problem-mail-came-advice = Sehen Sie nach, was kam; löschen Sie den Ordner dann noch einmal, wenn Sie es noch wollen.
problem-kept-here = { $count ->
    [one] { $mailbox } gibt es auf dem Server nicht mehr; eine Nachricht daraus ist nur noch hier und bleibt.
   *[other] { $mailbox } gibt es auf dem Server nicht mehr; { $messages } Nachrichten daraus sind nur noch hier und bleiben.
}
problem-kept-here-advice = Verschieben Sie, was Sie behalten möchten, in einen anderen Ordner.
problem-copy-first = Die Kopie ist noch nicht in { $mailbox } angekommen.
problem-waits-advice = Ihre Nachrichten sind hier sicher. Es wird von selbst erneut versucht.
problem-proxy-closed = Der Proxy { $proxy } hat die Verbindung geschlossen.
problem-proxy-wants-login = Der Proxy { $proxy } verlangt Benutzernamen und Passwort.
problem-proxy-takes-no-login = Der Proxy { $proxy } nimmt keinen Benutzernamen und kein Passwort.
problem-proxy-wrong-login = Der Proxy { $proxy } hat Benutzernamen oder Passwort nicht angenommen.
problem-proxy-too-long = Ein Name oder Passwort ist zu lang für den Proxy { $proxy }.
problem-proxy-foreign = Was unter { $proxy } antwortet, ist kein Proxy, der { $protocol } spricht.
problem-proxy-rules = Die Regeln des Proxys { $proxy } erlauben diese Verbindung nicht.
problem-proxy-no-way = Der Proxy { $proxy } erreicht den Server nicht.
problem-proxy-refused-there = Der Proxy { $proxy } erreicht den Server, der die Verbindung ablehnt.
problem-proxy-too-slow = Dem Proxy { $proxy } hat der Server zu lange nicht geantwortet.
problem-proxy-cannot = Der Proxy { $proxy } kann diese Verbindung nicht herstellen (Status { $status }).

## More of corpora
