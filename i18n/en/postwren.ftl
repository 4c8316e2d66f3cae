app-name = Postwren

## units
# What stands between groups of three digits: U+202F NARROW NO-BREAK SPACE.
unit-group = {"\u202F"}
unit-decimal = .
unit-bytes = { $count }{"\u00A0"}B
unit-rate = { $rate }/s
unit-messages = { $count ->
    [one] { $shown } message
   *[other] { $shown } messages
}
date-just-now = just now
date-seconds-ago = { $count } s ago
date-minutes-ago = { $count } min ago
date-yesterday = Yesterday
date-day-month = { $day } { $month }
date-day-month-year = { $day } { $month } { $year }
date-full = { $weekday } { $day } { $month } { $year }
date-monday = Mon
date-tuesday = Tue
date-wednesday = Wed
date-thursday = Thu
date-friday = Fri
date-saturday = Sat
date-sunday = Sun
date-january = Jan
date-february = Feb
date-march = Mar
date-april = Apr
date-may = May
date-june = Jun
date-july = Jul
date-august = Aug
date-september = Sep
date-october = Oct
date-november = Nov
date-december = Dec

## problems
problem-of-account = { $account }: { $what }
problem-unreachable = The server { $server } cannot be reached.
problem-unreachable-advice = Your mail is here, and changes wait in the queue. Check the connection to the internet, the server’s name and its port.
problem-timed-out = The server { $server } did not answer in time.
problem-timed-out-advice = Your mail is here, and changes wait in the queue. It is tried again; if it keeps happening, ask whoever runs the server.
problem-certificate-name = The server { $server } proves to be another: its certificate is for { $names }, issued by { $issuer }.
problem-certificate-expired = The certificate of { $server } ended on { $date }; it was issued by { $issuer }.
problem-certificate-early = The certificate of { $server } begins only on { $date }; it was issued by { $issuer }. Is this computer’s clock right?
problem-certificate-issuer = The certificate of { $server } was issued by { $issuer }, whom this computer does not trust.
problem-certificate-other = The certificate of { $server }, issued by { $issuer }, is not valid: { $words }.
problem-certificate-nobody = nobody named
problem-certificate-no-name = no name at all
problem-certificate-advice = Nothing was sent there, not even your password; your mail is safe. Check the server’s name, or ask whoever runs it. If it has a certificate authority of its own, give its file to the account.
problem-no-encryption = The server { $server } does not offer the encryption that this account requires.
problem-no-encryption-advice = Nothing was sent there, not even your password; your mail is safe. Check the port and the kind of encryption in the account’s settings.
problem-authentication = The server { $server } did not accept the user name or password. It said: “{ $reply }”
problem-authentication-silent = The server { $server } did not accept the user name or password.
problem-authentication-advice = Your mail is safe, and changes wait in the queue. Enter the password again; some providers want an app password made for mail programs.
problem-no-secret = There is no password for this account, or its password command failed.
problem-no-secret-advice = Your mail is safe, and changes wait in the queue. Unlock the keyring, enter the password again, or check the password command.
problem-refused = The server { $server } said no: “{ $reply }”
problem-refused-advice = Your mail is safe here. What was asked can be tried again, or ask whoever runs the server what its answer means.
problem-protocol = The server { $server } gave an answer that breaks the rules of its protocol.
problem-protocol-advice = Your mail is safe, and the rest goes on. The recorded dialogue shows the answer; whoever runs the server may want to see it.
problem-too-large = The message has { $size }, and the server takes at most { $limit }.
problem-too-large-advice = It is kept in the Outbox. Take it back and send it with fewer or smaller attachments.
problem-disk-full = The disk is full.
problem-disk-full-advice = Nothing was lost: mail that did not fit is still on the server. Make room, then try again.
problem-disk = The disk or its permissions did not let Postwren work on { $path }.
problem-disk-advice = Nothing was removed, and mail that could not be stored is still on the server. Check the disk and who may write there, then try again.
problem-locked = Another Postwren is working on this profile.
problem-locked-advice = Your mail is safe. Close the other window or command first, or name another profile.
problem-not-found = There is no { $what }.
problem-not-found-advice = Nothing was changed. Look at the list for what is there.
problem-invalid = This cannot be used: { $what }.
problem-invalid-advice = Nothing was changed. Correct it and try again.
problem-held = The server no longer has { $removals } of the { $total } messages in { $mailbox }; Postwren has stopped before removing so many here.
problem-held-advice = All of them are still here. If you removed them yourself elsewhere, let the synchronisation go on; if not, ask whoever runs the server first.
problem-removed-here = { $count ->
    [one] Another program removed one message from { $mailbox } on this computer.
   *[other] Another program removed { $removals } messages from { $mailbox } on this computer.
}
problem-removed-here-advice = The server still has them. Say once for this account whether the server shall follow such removals; until then nothing is removed there.
problem-store-missing = The folder { $path } is missing or empty, though mail was kept in it.
problem-store-missing-advice = Nothing was removed on the server. If the folder is on another disk, connect that disk; if the folder is gone for good, Postwren can fetch its mail again.
problem-offline = There is no network.
problem-offline-advice = Your mail is here, and what you change waits in the queue. Postwren goes on as soon as the network is back.
problem-captive-portal = This network answers in the place of { $server }, as a sign-in page does.
problem-captive-portal-advice = Open a browser and sign in to the network. Nothing was sent, neither password nor mail; Postwren tries again by itself.
problem-proxy = The proxy { $proxy } refused: “{ $reply }”
problem-proxy-silent = The proxy { $proxy } does not answer.
problem-proxy-advice = Look at the proxy’s address, user name and password in the account’s settings. Postwren does not go around a proxy by itself.
problem-in-use = Another program has this mailbox open on { $server }.
problem-in-use-advice = Close the other mail program or wait; Postwren tries again by itself.
problem-some-refused = { $of ->
    [one] The recipient was refused.
   *[other] { $count ->
        [one] One of { $total } recipients was refused.
       *[other] { $refused } of { $total } recipients were refused.
    }
}
problem-some-refused-advice = The message and the refused addresses are kept in the Outbox, with the server’s words. Correct the addresses there and send it to them only.
problem-unknown-outcome = The connection was cut at the very end of sending: nobody can know yet whether the server took the message.
problem-unknown-outcome-advice = It is kept in the Outbox and is not sent again by itself. Look for it in Sent or ask a recipient before you send it again.
problem-internal = Something went wrong inside Postwren.
problem-internal-advice = Your mail is safe on the disk. Please report what is said under Details.

## answers
answer-wrote-on = On { $date }, { $time }, { $from } wrote:
answer-wrote = { $from } wrote:
answer-forwarded = Forwarded message
answer-from = From
answer-date = Date
answer-subject = Subject
answer-to = To
answer-cc = Cc

## gui-main
key-ctrl = Ctrl
key-shift = Shift
key-enter = Enter
key-page-down = Page down
key-page-up = Page up
key-home = Home
key-end = End
key-delete = Del
key-escape = Esc
deed-new = Write a new message
deed-reply = Reply
deed-reply-all = Reply to all
deed-forward = Forward
deed-open = Open the message, or the draft
deed-next = Next message
deed-previous = Previous message
deed-extend-next = Select the next message too
deed-extend-previous = Select the previous message too
deed-page-down = A page down
deed-page-up = A page up
deed-first = First message
deed-last = Last message
deed-next-unread = Next unread message
deed-select-all = Select everything
deed-archive = Archive
deed-delete = Delete
deed-junk = Mark as junk
deed-move = Move to a folder
deed-toggle-read = Mark as read or unread
deed-toggle-star = Star, or take the star away
deed-undo = Undo
deed-copy = Copy the selected text
deed-refresh = Synchronise now
deed-settings = Settings
deed-keys = This list of keys
deed-escape = Close the menu, leave the selection
deed-next-pane = Next pane
deed-close = Close the window
deed-quit = Quit
folder-inbox = Inbox
folder-drafts = Drafts
folder-sent = Sent
folder-archive = Archive
folder-junk = Junk
folder-trash = Trash
folder-all = All mail
folder-flagged = Starred
undo = Undo
close = Close
cancel = Cancel
create = Create
save = Save
details = Details
dismiss = Dismiss
try-again = Try again
menu = Menu
no-subject = (no subject)
no-sender = (no sender)
new-message = New message
reply = Reply
reply-all = Reply all
forward = Forward
archive = Archive
move = Move to a folder
junk = Junk
delete = Delete
more = More
refresh = Synchronise now
copy = Copy
star = Star
unstar = Take the star away
mark-read = Mark as read
mark-unread = Mark as unread
mark-all-read = Mark everything here as read
accounts = Accounts
settings = Settings
connection-log = Connection log
source = Source
source-loading = Reading the source…
split-sidebar = Width of the folders
split-list = Width of the list
sidebar-folders = Folders
sidebar-all-inboxes = All inboxes
sidebar-outbox = Outbox
sidebar-loading = Opening the mailboxes…
account-pop3 = POP3
account-failed = This account cannot reach its server. The status bar says why.
account-plain = The connection is not encrypted, as you chose: others on the way can read mail and password.
account-secret-file = No keyring answered: the password of this account lies in a file that only you can read.
account-add = Add an account
account-edit = Edit
account-remove = Remove
remove-account = Remove the account
remove-account-words = The account { $name } goes from this program, with its password. Mail on the server stays; mail files on this computer stay too.
list-unread-of = { $unread } unread of { $total }
list-fetching = Fetching the mail…
list-empty = There is nothing here.
list-empty-inbox = No mail here. New mail appears by itself.
row-to = To { $names }
row-nobody = (to nobody yet)
row-answered = answered
row-forwarded = forwarded
row-attachments = { $count ->
    [one] 1 attachment
   *[other] { $count } attachments
}
row-star = Starred
reader-toolbar = Message
reader-nothing = Choose a message to read it.
reader-outbox = What waits here is sent as soon as its server takes it.
reader-selected = { $count ->
    [one] 1 message selected
   *[other] { $count } messages selected
}
reader-you = you
reader-to = to { $names }
reader-to-more = to { $names } and { $count } more
reader-to-nobody = to nobody named
reader-more-addresses = and { $count } more
reader-quote-show = Show quoted text
reader-quote-hide = Hide quoted text
reader-cut = This message is very long: only its first part is shown.
reader-no-text = This message has no text.
reader-only-attachments = This message has no text, only attachments.
header-from = From
header-reply-to = Reply to
header-to = To
header-cc = Cc
header-bcc = Bcc
defect-no-headers = This message has no header: nobody can tell from whom it is.
defect-too-deep = The parts of this message are nested too deep; it is shown as it came.
defect-too-many-parts = This message has more parts than are shown.
defect-charset = Some letters of this message do not fit its character set { $charset } and are shown as �.
defect-unknown-charset = The character set { $charset } is unknown; some letters may be wrong.
defect-encoding = A part of this message is damaged; what can be read is shown.
defect-unterminated = The end of this message is missing; it may have been cut on its way.
defect-date = This message has no readable date; the time of its arrival is shown.
defect-from = This message does not say clearly from whom it is.
defect-disguise = Names or subject of this message held characters that disguise what they say; they are shown as �.
attachment-open = Open { $name }
save-all = Save all
save-message = Save as a file
save-message-name = Message
save-path = Where to save
save-path-words = No file dialog has appeared. Type the file’s path here.
save-path-directory = No file dialog has appeared. Type the directory’s path here.
move-filter = Find a folder
move-nothing = No folder has this name.
new-folder = New folder
new-folder-name = Name
new-folder-words = In { $account }. A slash puts the folder within another: Projects/Engine.
delete-for-good = Delete for good
delete-for-good-words = { $count ->
    [one] This message goes from the Trash for good. This cannot be undone.
   *[other] { $count } messages go from the Trash for good. This cannot be undone.
}
deed-keys-title = Keys
settings-theme = Appearance
settings-language = Language
settings-help = Help
theme-system = As the desktop
theme-light = Light
theme-dark = Dark
language-system = As the desktop
held-keep = Keep them here
held-remove = Remove them here too
status-to-outbox = Open the Outbox
status-idle = Not connected yet
status-connecting = Connecting…
status-synchronising = Synchronising…
status-synchronised = Synchronised { $ago }
status-fetching = Fetching { $folder }
status-progress = { $done } of { $total } · { $rate }
status-queue = { $count ->
    [one] 1 change waits
   *[other] { $count } changes wait
}
status-plain = not encrypted
status-outbox = { $count } in Outbox
status-outbox-leaving = { $count } in Outbox, sends in { $seconds } s
outbox-count = { $count ->
    [one] 1 message
   *[other] { $count } messages
}
outbox-loading = Reading the Outbox…
outbox-empty = Nothing waits to be sent.
outbox-waiting = Waits to be sent.
outbox-waiting-seconds = { $count ->
    [one] Is sent in 1 second.
   *[other] Is sent in { $count } seconds.
}
outbox-waiting-reason = Waits: { $reason }. Next try { $at }.
outbox-sending = Is being sent.
outbox-accepted = The server took it: { $reply }
outbox-refused = The server refused it: { $reply }
outbox-refused-only = The recipient was refused.
outbox-refused-some = { $count ->
    [one] One of { $total } recipients was refused.
   *[other] { $count } of { $total } recipients were refused.
}
outbox-unknown = The line was cut while the server took it. Perhaps it was sent: look in Sent, or ask the recipient, before you send it again.
outbox-server-said = The server said: { $reply }
outbox-correct = Another address instead of { $address }
outbox-send-now = Send now
outbox-resend = Send to these again
outbox-resend-anyway = Send again anyway
said-archived = { $count ->
    [one] Message archived
   *[other] { $count } messages archived
}
said-junk = { $count ->
    [one] Message moved to Junk
   *[other] { $count } messages moved to Junk
}
said-moved = { $count ->
    [one] Message moved to { $folder }
   *[other] { $count } messages moved to { $folder }
}
said-deleted = { $count ->
    [one] Message moved to Trash
   *[other] { $count } messages moved to Trash
}
said-deleted-for-good = { $count ->
    [one] Message deleted for good
   *[other] { $count } messages deleted for good
}
said-read = { $count ->
    [one] Marked as read
   *[other] { $count } messages marked as read
}
said-unread = { $count ->
    [one] Marked as unread
   *[other] { $count } messages marked as unread
}
said-starred = { $count ->
    [one] Starred
   *[other] { $count } messages starred
}
said-unstarred = { $count ->
    [one] Star taken away
   *[other] Stars taken from { $count } messages
}
said-all-read = Everything in { $folder } is marked as read
said-undone = Undone
said-unsent = Not sent: it is a draft again
said-saved = Saved as { $path }
said-folder-created = Folder { $folder } created
said-account-removed = Account { $name } removed
said-nothing-unread = Nothing is unread here

## command line
cli-output-failed = The output cannot be written: { $reason }. What was asked may have been done all the same.
cli-file-failed = { $path } cannot be read: { $reason }. Nothing was done.
cli-interrupted = Stopped. What was not finished is taken up again the next time.
cli-no-such-command = “{ $word }” is no command, no mailto: address and no file
cli-no-window = this Postwren was built without its window: name a command
cli-log-filter = { $variable } is not understood: { $reason }
cli-demo = This is a demo: its servers are inside this program, and all of it is gone at the end.
cli-changed = { $messages } changed here; “postwren sync” carries it out on the server.
cli-column-id = ID
cli-column-flags = FLAGS
cli-column-date = DATE
cli-column-from = FROM
cli-column-subject = SUBJECT
cli-column-mailbox = MAILBOX
cli-column-role = ROLE
cli-column-unread = UNREAD
cli-column-total = TOTAL
cli-column-account = ACCOUNT
cli-column-address = ADDRESS
cli-column-receives = RECEIVES
cli-column-sends = SENDS
cli-list-empty = { $mailbox } is empty.
cli-mailboxes-none = There are no mailboxes yet: “postwren sync” asks the server for them.
cli-flag-nothing = name at least one message and one flag, such as: postwren flag 0123456789abc +seen
cli-flag-both = the same flag cannot be set and cleared at once
cli-field-from = From
cli-field-reply-to = Reply-To
cli-field-to = To
cli-field-cc = Cc
cli-field-bcc = Bcc
cli-field-date = Date
cli-field-subject = Subject
cli-show-attachments = Attachments:
cli-show-no-html = This message has no HTML part.
cli-show-remote = { $count ->
    [one] It refers to { $count } thing on the internet, which was not fetched.
   *[other] It refers to { $count } things on the internet; none was fetched.
}
cli-defect-no-headers = It has no header fields.
cli-defect-too-deep = It is nested too deeply to be taken apart; this is its source.
cli-defect-too-many-parts = It has more parts than are shown.
cli-defect-charset = Some of it is not in the character set { $name } that it claims.
cli-defect-unknown-charset = Nobody knows its character set { $name }.
cli-defect-encoding = A part of it is not encoded as it claims.
cli-defect-unterminated = It ends before its last part does: perhaps it was cut short.
cli-defect-date = It has no date that can be read; shown is when it arrived.
cli-defect-from = It does not say who wrote it, or says it more than once.
cli-defect-disguise = Characters that would disguise a name or the subject were replaced.
cli-defect-shortened = Its text is longer than what is shown of it.
cli-send-empty = There is no message to send: the input is empty.
cli-send-queued = Queued as { $id }; “postwren sync” sends it.
cli-send-sending = Sending …
cli-send-accepted = { $count ->
    [one] Sent to { $shown } recipient: { $reply }
   *[other] Sent to { $shown } recipients: { $reply }
}
cli-send-no-reason = the server could not be asked yet
cli-send-waiting = It is not sent yet: { $reason }. It waits in the Outbox as { $id } and is tried again by “postwren sync”.
cli-send-still = It is still being sent; see “postwren outbox” for what becomes of { $id }.
cli-send-refused = The server refused the message: { $reply }. It is kept in the Outbox as { $id }.
cli-send-kept = See “postwren outbox”; “postwren outbox retry { $id }” sends it again, “postwren outbox cancel { $id }” takes it back.
cli-recipient-waiting = {"  "}{ $address }: waiting
cli-recipient-accepted = {"  "}{ $address }: accepted
cli-recipient-refused = {"  "}{ $address }: { $reply }
cli-outbox-empty = The Outbox is empty.
cli-outbox-waiting = waiting
cli-outbox-waiting-until = waiting until { $at }
cli-outbox-waiting-because = waiting ({ $reason })
cli-outbox-waiting-until-because = waiting until { $at } ({ $reason })
cli-outbox-sending = sending
cli-outbox-accepted = accepted ({ $reply })
cli-outbox-refused = refused ({ $reply })
cli-outbox-unknown = unknown: cut at the end, nobody can know yet
cli-outbox-cancelled = { $id } is out of the Outbox and was not sent.
cli-outbox-draft = { $id } is out of the Outbox and was not sent; it is a draft again.
cli-transcript-empty = No dialogue has been recorded yet.
cli-doctor-checking = Checking every mailbox …
cli-doctor-rebuilding = Making the index anew …
cli-sync-nothing = { $account }: nothing new
cli-sync-done = { $account }: { $done }
cli-sync-received = { $count ->
   *[other] { $shown } received
}
cli-sync-flags = { $count ->
    [one] flags of { $shown } message
   *[other] flags of { $shown } messages
}
cli-sync-removed = { $count ->
   *[other] { $shown } removed
}
cli-sync-operations = { $count ->
    [one] { $shown } change carried out
   *[other] { $shown } changes carried out
}
cli-sync-sent = { $count ->
   *[other] { $shown } sent
}
cli-sync-waiting = { $count ->
    [one] One change still waits for its server and is tried again the next time.
   *[other] { $count } changes still wait for their server and are tried again the next time.
}
cli-sync-not-sent = { $count ->
    [one] One message could not be sent and needs you: see “postwren outbox”.
   *[other] { $count } messages could not be sent and need you: see “postwren outbox”.
}
cli-sync-watching = Watching; Ctrl-C ends it.
cli-sync-in-step = { $account }: in step with the server
cli-sync-arrived = { $mailbox }: { $messages } received
cli-no-accounts = There is no account yet: see “postwren account add --help”.
cli-account-named = account “{ $name }”
cli-account-added = Added the account { $name }.
cli-account-changed = Changed the account { $name }.
cli-account-next = “postwren account check { $name }” tries its servers; “postwren sync { $name }” receives its mail.
cli-account-removed = Removed the account { $name } from this computer; nothing changed on its server.
cli-account-remove-ask = This removes the account { $name } and all its mail from this computer. Type its name to go on:
cli-account-kept = Nothing was removed.
cli-account-checking = Trying the servers …
cli-account-reached = { $server }: { $found }
cli-account-plain = Careful: { $server } is reached without encryption. Everybody on the way can read your password and your mail.
cli-secret-keyring = Its password is in the system’s keyring.
cli-secret-file = No keyring service answers here: its password is in a file of the profile that only you can read (secrets.toml, mode 0600).
cli-password-empty = The first line of standard input holds no password. Nothing was changed.
cli-password-unreadable = The password cannot be read from standard input ({ $reason }). Nothing was changed.
header-date = Date

## gui-compose
compose-title = New message
compose-opening = Opening …
compose-close = Close
compose-send = Send
compose-sending = Sending …
compose-send-hint = Send the message
compose-key-send = Ctrl Enter
compose-attach = Attach
compose-attach-hint = Attach files; they can be dropped on the window and pasted too
compose-key-attach = Ctrl Shift A
compose-more = More
compose-keep = Keep as draft
compose-discard = Discard
compose-stay = Go on writing
compose-closing = Keep this message?
compose-closing-words = It can be kept in Drafts and finished later. What is discarded is gone.
compose-from = From
compose-from-none = Choose an account
compose-to = To
compose-cc = Cc
compose-bcc = Bcc
compose-subject = Subject
compose-body = Message text
compose-body-hint = Write your message
compose-suggestions = People
compose-chip-bad = { $text } — { $reason }
compose-chip-remove = Remove { $name }
compose-bad-no-at = no @ in it
compose-bad-local = not a mailbox’s name
compose-bad-domain = no such domain can exist
compose-drop = { $count ->
    [one] Drop to attach { $count } file
   *[other] Drop to attach { $count } files
}
compose-drop-size = { $names } · { $size }
compose-drop-limit = { $names } · { $size } — the server accepts up to { $limit }
compose-pasted-image = Pasted image.png
compose-arriving = being copied …
compose-attachment-remove = Remove { $name }
compose-total = { $count ->
    [one] { $count } file, { $size }
   *[other] { $count } files, { $size }
}
compose-over-limit = The message will have about { $size }; the server takes at most { $limit }.
compose-very-large = The message will have about { $size }. Many servers refuse more than { $limit }.
compose-path = Path of a file
compose-path-words = The desktop’s file dialog cannot be opened here. Type the path of the file, drop it on the window, or paste it.
compose-path-leave = Cancel
compose-saving = Saving the draft …
compose-saved-now = Draft saved just now
compose-saved-seconds = Draft saved { $count } s ago
compose-saved-minutes = Draft saved { $count } min ago
compose-not-saved = The draft is not saved: { $what } Keep this window open; it is tried again.
compose-route-tls = Will be sent by { $host }, TLS
compose-route-starttls = Will be sent by { $host }, STARTTLS
compose-route-plain = Will be sent by { $host } without encryption: everybody on the way can read it
compose-no-account = There is no account to send from. Choose one under From.
compose-no-recipients = Nobody is named to send it to.
compose-bad-recipient = “{ $text }” is no mail address. Correct it or remove it, then send.
compose-not-attached = “{ $name }” was not attached. { $what }
compose-doubt-subject = The message has no subject.
compose-doubt-attachment = The text speaks of an attachment, and there is none.
compose-doubt-size = The message will have about { $size }, and the server takes at most { $limit }.
compose-send-anyway = Send anyway
compose-details = Details
compose-details-less = Hide details
compose-notice-leave = Close this note
compose-leaves = { $count ->
    [one] The message leaves in { $count } second
   *[other] The message leaves in { $count } seconds
}
compose-leaves-now = The message is on its way
setup-title = Account set-up
setup-add = Add your mail account
setup-change = Change your mail account
setup-words = Your provider’s help pages name these servers. Nothing is sent until you press Test or Sign in.
setup-person = Your name
setup-email = Mail address
setup-password = Password
setup-password-unchanged = Password (leave empty to keep it)
setup-password-show = Show the password
setup-password-hide = Hide the password
setup-user = User name
setup-incoming = Incoming mail
setup-outgoing = Outgoing mail
setup-smtp = SMTP
setup-imap = IMAP
setup-pop3 = POP3
setup-host = { $side }: server
setup-port = { $side }: port
setup-server = Server
setup-security = Protection
setup-tls = TLS
setup-starttls = STARTTLS
setup-plain = None
setup-plain-warning = Without protection everybody on the way can read your password and your mail, and change it. Choose this only inside a network that you trust.
setup-plain-accept = I understand, and want it so
setup-keep = Mail on the server
setup-keep-always = Keep it there
setup-keep-days = Remove it some days after it was downloaded
setup-keep-never = Remove it as soon as it is downloaded
setup-keep-words = Mail is removed from the server only after it is safe on this computer.
setup-days = Days on the server
setup-days-unit = { $count ->
    [one] day
   *[other] days
}
setup-advanced = Advanced settings
setup-advanced-less = Fewer settings
setup-ca = File with a certificate authority (PEM), optional
setup-ca-label = Authority
setup-ca-words = Only for servers whose certificate comes from an authority of their own.
setup-choose = Choose …
setup-by-command = Get the password from a command
setup-command = Command
setup-command-words = The first line that it prints is the password; it is not stored.
setup-testing = The servers are tried …
setup-result-ok = { $server }: works ({ $how }).
setup-result-bad = { $server }: { $what } { $advice }
setup-advice-server = Check the server’s name, its port and the protection.
setup-advice-password = Check the user name and the password; some providers want an app password made for mail programs.
setup-not-added = The account was not added. { $what } { $advice }
setup-details = Details
setup-details-less = Hide details
setup-secret-keyring = Your mail stays on this computer in a plain Maildir; the password goes to the system keyring.
setup-secret-command = Your mail stays on this computer in a plain Maildir; the password is asked of your command each time.
setup-secret-file = No system keyring answers here. The password will lie in a file of your profile that only you can read (mode 0600), but not encrypted.
setup-demo = Try the demo mailbox
setup-cancel = Cancel
setup-anyway = Add anyway
setup-test = Test
setup-sign-in = Sign in
setup-save = Save
setup-adding = Adding …
setup-mistake-email-missing = Enter your mail address.
setup-mistake-email = This is no mail address.
setup-mistake-exists = There is an account with this address already.
setup-mistake-password = Enter the password.
setup-mistake-command = Enter the command.
setup-mistake-user = Enter the user name.
setup-mistake-host-missing = Enter the name of the server.
setup-mistake-host = No server can have this name.
setup-mistake-port = A port is a number from 1 to 65535.
setup-mistake-plain = Tick that you want this, or choose TLS or STARTTLS.
setup-mistake-days = Enter a number of days from 1 to 3650.
transcript-title = Connection log
transcript-title-of = Connection log of { $account }
transcript-filter = Connection
transcript-all = All connections
transcript-follow = Follow the end
transcript-copy = Copy all
transcript-copy-line = Copy this line
transcript-lines = Dialogue
transcript-loading = Reading the log …
transcript-empty = Nothing was said with a server yet.
transcript-failed = The log cannot be shown. { $what } { $advice }

## More of ops

cli-column-change = CHANGE
cli-column-waits = WAITS
cli-change-flags = flags
cli-change-move = move
cli-change-copy = copy
cli-change-delete = delete
cli-change-store = store
cli-change-create-mailbox = create mailbox
cli-change-rename-mailbox = rename mailbox
cli-change-delete-mailbox = delete mailbox
cli-change-subscribe = subscribe
cli-change-unsubscribe = unsubscribe
cli-change-subscription = subscription
cli-queue-empty = Nothing waits for a server.
cli-queue-under-way = is being carried out
cli-queue-until = until { $at }
cli-queue-until-because = until { $at } ({ $reason })
cli-queue-sync = for the next sync
cli-queue-retried = { $id } is tried again with the next “postwren sync”.
cli-queue-cancelled = { $id } is out of the queue, and is as it was before.
cli-undo-none = There is nothing to take back.
cli-undone = Taken back: { $change }.
cli-mailbox-changed = Done here; “postwren sync” carries it out on the server.
cli-mailbox-other-account = a mailbox cannot move to another account: { $name }

## More of imap


## More of engine
problem-too-many-files = Postwren has as many files open as the system lets it have.
problem-too-many-files-advice = Nothing was lost: what could not be stored is still on the server, and changes wait in the queue. It goes on by itself as soon as it can; closing other programs, or a higher limit (ulimit -n), helps.
settings-metered = Fetch only headers
metered-system = over metered networks
metered-always = always
metered-never = never
settings-senders = Senders
settings-verify-senders = Check senders in the DNS
cli-column-setting = SETTING
cli-column-value = VALUE
cli-undo-seconds = Seconds in which sending can be taken back
cli-on = on
cli-off = off
problem-reason-details = { $what } ({ $details })
problem-not-stored = The server said that it had taken the message into { $mailbox }, and it is not there.
problem-not-stored-advice = Your mail is safe: nothing is removed until the message is seen there. It is tried again.
problem-read-only = The server lets nobody change { $mailbox }.
problem-read-only-advice = Your mail is safe, and the change is taken back here. Ask whoever runs the server for the right to change it.
problem-mail-came = Mail has come into { $mailbox } meanwhile; the folder is kept.
problem-mail-came-advice = Look at what came; then delete the folder again if you still want to.
problem-kept-here = { $count ->
    [one] { $mailbox } is gone on the server; one message of it is only here, and is kept.
   *[other] { $mailbox } is gone on the server; { $messages } messages of it are only here, and are kept.
}
problem-kept-here-advice = Move what you want to keep to another folder.
problem-copy-first = The copy has not arrived in { $mailbox } yet.
problem-waits-advice = Your mail is safe here. It is tried again by itself.
problem-proxy-closed = The proxy { $proxy } closed the connection.
problem-proxy-wants-login = The proxy { $proxy } wants a user name and password.
problem-proxy-takes-no-login = The proxy { $proxy } takes no user name and password.
problem-proxy-wrong-login = The proxy { $proxy } did not accept the user name or password.
problem-proxy-too-long = A name or password is too long for the proxy { $proxy }.
problem-proxy-foreign = What answers at { $proxy } is no proxy that speaks { $protocol }.
problem-proxy-rules = The rules of the proxy { $proxy } do not allow this connection.
problem-proxy-no-way = The proxy { $proxy } does not reach the server.
problem-proxy-refused-there = The proxy { $proxy } reaches the server, which refuses the connection.
problem-proxy-too-slow = The proxy { $proxy } found the server too slow to answer.
problem-proxy-cannot = The proxy { $proxy } cannot make this connection (status { $status }).

problem-headers-only = Only the headers of this message are on this computer.
problem-headers-only-advice = Open it while its server can be reached, and it is loaded.
cli-account-set-imap = “{ $name }” receives by POP3: all its mail is kept here, and its server has no other mailboxes.
cli-show-headers = Only the headers of this message are on this computer, and the rest cannot be fetched. { $reason }
reader-loading-whole = Loading the message…
reader-headers-only = Only the headers of this message are on this computer.
reader-load = Load the message


## More of maildir


## More of outbox

problem-no-reports = The message was sent, but { $server } gives no reports of delivery.
problem-no-reports-advice = Nothing more need be done. To know whether it arrived, ask for an answer in the message itself.
date-today = today
date-tomorrow = tomorrow
date-weekday-day-month = { $weekday } { $day } { $month }
cli-outbox-leaves = { $id } leaves { $at }.
cli-outbox-leaves-now = { $id } leaves with the next “postwren sync” or “postwren outbox send”.
cli-outbox-filed = { $id } was sent and is in Sent.
cli-outbox-waiting-leaves = leaves { $at }
cli-outbox-sent = { $account }: { $count ->
    [one] { $shown } message sent
   *[other] { $shown } messages sent
}
cli-no-time = “{ $text }” is no time ahead; give it such as “2026-11-24 08:00”, 18:00, “tomorrow 8:00” or +2h
later-in-an-hour = In an hour ({ $at })
later-this-evening = This evening ({ $at })
later-tomorrow = Tomorrow morning ({ $at })
later-monday = Monday morning ({ $at })
later-field = Day and time
later-means = { $at }
later-wrong = This is no time ahead. Write it such as 2026-11-24 08:00, 18:00, tomorrow 8:00 or +2h.
later-how = Such as 2026-11-24 08:00, 18:00, tomorrow 8:00 or +2h.
compose-later = Send later
compose-later-hint = Choose when it leaves
compose-key-later = Ctrl Shift Enter
compose-later-other = Pick day and time…
compose-time = Day and time at which it leaves
compose-time-send = Send then
compose-leaves-at = Leaves { $at }.
compose-report = Ask for reports of delivery
outbox-leaves = Leaves { $at }.
outbox-report = Reports of delivery are asked for, where the server passes that on.
outbox-edit = Edit
outbox-stop = Cancel sending
outbox-try-now = Try now
outbox-change-time = Change time
outbox-set-time = Leave then
outbox-was-sent = It was sent
outbox-stopped = Not sent. The message is in Drafts.
outbox-removed = Not sent. The message is out of the Outbox.


## More of net


## More of folders

drag-messages = { $count ->
    [one] One message
   *[other] { $count } messages
}
drag-move = Move · hold Ctrl to copy
drag-copy = Copy
drag-folder = Move folder
said-copied = { $count ->
    [one] One message copied to { $folder }
   *[other] { $count } messages copied to { $folder }
}
said-folder-moved = { $name } moved into { $folder }
said-folder-renamed = Folder renamed to { $name }
said-folder-deleted = Folder { $folder } deleted
said-subscribed = Subscribed to { $folder }
said-unsubscribed = No longer subscribed to { $folder }
said-emptied = { $count ->
    [one] One message of { $folder } moved to the Trash
   *[other] { $count } messages of { $folder } moved to the Trash
}
said-emptied-for-good = { $count ->
    [one] One message of { $folder } deleted for good
   *[other] { $count } messages of { $folder } deleted for good
}
said-nothing-to-undo = There is nothing to undo
said-cancelled = Taken out of the queue
folder-new-inside = New folder inside…
folder-rename = Rename…
folder-move = Move folder to…
folder-read = Mark all read
folder-unsubscribe = Unsubscribe
folder-subscribe = Subscribe
folder-empty = Empty…
folder-delete = Delete folder…
move-folder-title = Move { $folder } into
empty-title = Empty { $folder }
empty-words = { $count ->
    [one] The one message in { $folder } will be deleted here and on the server. After ten seconds nobody can bring it back.
   *[other] The { $shown } messages in { $folder } will be deleted here and on the server. After ten seconds nobody can bring them back.
}
delete-folder = Delete folder
delete-folder-title = Delete { $folder }
delete-folder-words = { $count ->
    [one] { $folder } holds one message. It is moved to the Trash, then the folder is deleted, here and on the server.
   *[other] { $folder } holds { $shown } messages. They are moved to the Trash, then the folder is deleted, here and on the server.
}
delete-folders-words = { $count ->
    [one] { $folder } and the folders inside it hold one message. It is moved to the Trash, then all of them are deleted, here and on the server.
   *[other] { $folder } and the folders inside it hold { $shown } messages. They are moved to the Trash, then all of them are deleted, here and on the server.
}
deed-rename-folder = Rename the folder
deed-queue = Show what waits for the servers
queue-title = Waiting for the servers
queue-words = These changes show here already. Each goes to its server as soon as that is reached; nothing is lost meanwhile.
queue-empty = Nothing waits: the servers know of every change.
queue-more = { $count ->
    [one] and one more
   *[other] and { $shown } more
}
queue-retry-all = Try all again
queue-under-way = being carried out
queue-next = waits for its turn
queue-again = again at { $time }
queue-a-message = a message
queue-flags = Mark “{ $subject }”
queue-move = Move “{ $subject }” to { $folder }
queue-copy = Copy “{ $subject }” to { $folder }
queue-expunge = Delete “{ $subject }” for good
queue-append = Store “{ $subject }” in { $folder }
queue-create = Create the folder { $folder }
queue-rename = Rename or move the folder { $folder }
queue-delete = Delete the folder { $folder }
queue-subscribe = Subscribe to { $folder }
queue-unsubscribe = Unsubscribe from { $folder }
removed-carry = Remove on the server too
removed-fetch = Fetch them again
said-undone-what = Undone: { $what }
undo-flags = { $count ->
    [one] One message marked
   *[other] { $count } messages marked
}
undo-move = { $count ->
    [one] One message moved
   *[other] { $count } messages moved
}
undo-copy = { $count ->
    [one] One message copied
   *[other] { $count } messages copied
}
undo-delete = { $count ->
    [one] One message deleted
   *[other] { $count } messages deleted
}
undo-create = A folder created
undo-rename = A folder renamed or moved
undo-delete-folder = A folder deleted
undo-subscribe = The subscription to a folder
folder-name-slash = A name has no “/”.
folder-name-bad = A folder cannot have this name.
folder-name-long = This name is too long.
folder-name-taken = There is a folder with this name here.
key-space = Space
deed-visit-next = Go to the next message, the selection stays
deed-visit-previous = Go to the previous message, the selection stays
deed-toggle-selected = Select this message too, or no longer
deed-extend-page-down = Select a page down too
deed-extend-page-up = Select a page up too
deed-extend-first = Select up to the first message
deed-extend-last = Select up to the last message
account-offline = There is no network

## More of account-settings


## More of queue


## More of search

cli-search-nothing = { $count ->
    [one] Nothing was found in the one message that was searched.
   *[other] Nothing was found in the { $shown } messages that were searched.
}


## More of pop3

## More of settings

account-settings = Account settings…
account-settings-title = Settings of { $account }
account-refresh = Get mail now
account-servers = Servers and password…
account-remove-menu = Remove account…
account-saving = Saving …
account-not-saved = The settings were not saved. { $what } { $advice }
account-keep = Mail on this computer
account-keep-full = All mail
account-keep-full-words = Every message is here: it can be read and searched without a network.
account-keep-months = Mail of the last months
account-months = Months
account-months-unit = { $count ->
    [one] month
   *[other] months
}
account-keep-months-words = Of older messages only the headers are here; the rest is loaded when you open one.
account-keep-headers = Headers first
account-keep-headers-words = Messages are listed at once, and each is loaded when you open it.
account-keep-words = What is here already stays here, whatever you choose.
account-watch = Watched folders
account-watch-words = New mail in the Inbox is announced at once. Folders named here are watched in the same way, each by a connection of its own; the others are looked at in turn.
account-watch-add = Find a folder to watch
account-watch-none = No other folder has these words in its name.
account-watch-missing = not on the server
account-unwatch = Do not watch { $folder } any more
account-watch-full = { $count ->
    [one] There are not enough connections: one of these folders is looked at in turn with the rest instead.
   *[other] There are not enough connections: { $shown } of these folders are looked at in turn with the rest instead.
}
account-connections = Connections to the server
account-connections-own = As many as are useful
account-connections-most = No more than
account-connections-count = Connections at most
account-connections-unit = { $count ->
    [one] connection
   *[other] connections
}
account-connections-words = Some servers let in only a few at a time. Whatever you choose, Postwren makes do with fewer where the server refuses one.
account-proxy = Proxy
account-proxy-none = None: connect to the servers directly
account-proxy-socks5 = SOCKS5
account-proxy-http = HTTP CONNECT
account-proxy-server = Proxy
account-proxy-as = Sign in
account-proxy-secret = Password
account-proxy-host = Name of the proxy
account-proxy-port = Port
account-proxy-user = User name, where the proxy wants one
account-proxy-password = Password, where the proxy wants one
account-proxy-password-kept = Password (leave empty to keep it)
account-proxy-forget = Forget the stored password
account-proxy-words = Receiving and sending both go through it, and it looks up the servers’ names. Where the account’s connections are encrypted, the proxy cannot read your mail.
account-removals = Removals by other programs
account-removals-words = When another program removes messages from this account’s folders on this computer:
account-removals-ask = Ask me
account-removals-carry = Remove them on the server too
account-removals-fetch = Fetch them again from the server
account-mistake-months = Enter a number of months from 1 to 1200.
account-mistake-connections = Enter a number of connections from 1 to 50.
account-mistake-host-missing = Enter the name of the proxy.
account-mistake-host = No proxy can have this name.
account-mistake-port = A port is a number from 1 to 65535.
account-mistake-user = Enter the user name that the password is for; it has at most 255 letters.
account-mistake-password = A password has at most 255 letters.
settings-accounts = Accounts and their settings…
folder-watch = Watch this folder
folder-unwatch = Do not watch this folder
said-watched = New mail in { $folder } is announced at once
fetching-reply = Loading “{ $subject }” to answer it …
fetching-forward = Loading “{ $subject }” to forward it …
fetching-save = Loading “{ $subject }” to save it …
store-back = It is back
store-fetch = Fetch its mail again
said-fetching-again = The folder was made anew; its mail is fetched again
removed-in-folders = { $account }: another program removed { $removals } messages from { $folders } folders on this computer.
folder-export = Export…
export-title = Export { $folder }
export-words = { $messages } are written for other programs, in the background. Nothing that is there already is overwritten.
export-mbox = As one file (mbox)…
export-eml = As a folder with a file for each message (.eml)…
status-exporting = Exporting { $folder }
status-exported = { $done } of { $total }
cli-mailbox-exporting = Exporting …
cli-mailbox-exported = { $messages } exported to { $path }
said-unwatched = { $folder } is no longer watched

## More of render
cli-render-failed = The page is not drawn: { $reason }.
cli-render-done = Remote images blocked: { $blocked }, trackers removed: { $trackers }, images that did not come: { $missing }.

## More of mime

defect-no-boundary = The parts of this message cannot be told apart: it does not say what stands between them.
defect-header-bytes = The header of this message has bytes that are no text; some letters may be wrong.
defect-duplicate = The header field { $name } stands there more than once; the first one is believed.
defect-unknown-encoding = A part of this message is encoded as “{ $name }”, which nobody knows; it is shown as it came.
defect-nul = This message has NUL bytes, which no mail program should write; they are shown as �.
defect-tnef = The file winmail.dat, in which Outlook packed attachments, could not be opened wholly.
danger-program = This is a program: opening it runs it.
danger-script = This is a script: opening it may run it.
danger-macros = This document can carry programs (macros).
danger-shortcut = This file opens something else than itself.
danger-disk-image = This is the image of a disk: what is in it escapes the warnings of the system.
danger-page = This is a page that can run scripts and imitate a log-in.
danger-double-extension = Its name pretends to be of another kind of file.
danger-disguised-name = Characters that disguise its name were taken out.
danger-type-mismatch = It calls itself harmless, and its name says otherwise.
seal-other = an unknown technique
seal-signed = It says it is signed with { $technique }. Nobody checked the signature.
seal-signed-part = A part of it says it is signed with { $technique }. Nobody checked the signature.
seal-encrypted = It is encrypted with { $technique }, which Postwren cannot decrypt.
seal-encrypted-part = A part of it is encrypted with { $technique }, which Postwren cannot decrypt.
seal-keys = It brings keys or certificates for { $technique }.
seal-compressed = It is compressed with { $technique }.
report-failed = It was not delivered to { $address }.
report-delayed = It was not delivered to { $address } yet; it is still being tried.
report-delivered = It was delivered to { $address }.
report-relayed = It was handed on for { $address } to a system that sends no reports.
report-expanded = It was delivered to { $address } and sent on to several others.
report-unknown = The report does not say what became of it for { $address }.
report-retried = It is tried until { $until }.
reason-no-such-mailbox = There is no such mailbox there: look at the address for a typing error.
reason-no-such-domain = The domain does not exist: look at the address for a typing error.
reason-domain-without-mail = The domain takes no mail.
reason-bad-address = The address is not written as addresses are.
reason-mailbox-moved = The mailbox has moved and has another address now.
reason-bad-sender-address = The server does not accept the sender’s address.
reason-mailbox-disabled = The mailbox is switched off.
reason-mailbox-full = The mailbox is full.
reason-message-too-large = The message is too large for it.
reason-list = The mailing list could not pass it on.
reason-system-full = The disk of the server there is full.
reason-not-accepting = The server there takes no mail at the moment.
reason-system-trouble = The server there has trouble of its own.
reason-no-answer = The server there did not answer.
reason-bad-connection = The connection to the server there broke.
reason-no-route = No way there is known.
reason-congestion = Too much mail is on its way there.
reason-loop = It went round in circles.
reason-expired = It was tried for too long.
reason-too-many-recipients = It has too many recipients for the server there.
reason-protocol = The two servers did not understand each other.
reason-content = The server there does not take such content.
reason-policy = The server there refuses it by its rules, perhaps as spam.
reason-not-allowed = The sender may not write there.
reason-sender-not-proved = The server there doubts who sent it: SPF, DKIM or DMARC failed.
reason-encryption = Encryption is demanded and was not to be had.
reason-rate-limit = Too much mail came from the sender’s server.
disposition-displayed = It was shown to { $who }, which does not mean that it was read.
disposition-deleted = { $who } deleted it, perhaps without seeing it.
disposition-dispatched = { $who } sent it on somewhere.
disposition-processed = A program of { $who } handled it; nobody saw it.
disposition-denied = { $who } does not want to say what became of it.
disposition-failed = Something went wrong with it at { $who }.
disposition-unknown = { $who } reports on it in words that no standard knows.
disposition-automatic = A program decided that, not a person.
invitation-publish = Event
invitation-request = Invitation
invitation-reply = Answer to an invitation
invitation-add = More dates of an event
invitation-cancel = Called off
invitation-refresh = Question for the latest state of an event
invitation-counter = Another time is proposed
invitation-decline-counter = The proposed time was declined
invitation-span = { $from } to { $to }
invitation-in-zone = { $span } (written for { $zone })
invitation-unknown-zone = { $span } (in a zone that nobody knows: { $zone })
recurrence-often = again and again
recurrence-daily = { $n ->
    [one] every day
   *[other] every { $n } days
}
recurrence-weekly = { $n ->
    [one] every week
   *[other] every { $n } weeks
}
recurrence-monthly = { $n ->
    [one] every month
   *[other] every { $n } months
}
recurrence-yearly = { $n ->
    [one] every year
   *[other] every { $n } years
}
recurrence-on = { $rule } on { $days }
recurrence-month-days = { $rule } on day { $days } of the month
recurrence-count = { $rule }, { $count } times
recurrence-until = { $rule } until { $day }
recurrence-left-out = { $rule }, but for { $count }
recurrence-more = { $rule }, with more rules than are told here
recurrence-last = the last { $day }
recurrence-nth = { $day } no. { $nth }
recurrence-nth-last = { $day } no. { $nth } from the end
weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday
answer-none = not answered
answer-accepted = accepted
answer-declined = declined
answer-tentative = perhaps
answer-delegated = delegated
answer-completed = done
answer-in-process = in progress
trust-verified = The sender’s domain { $domain } is proved.
trust-verified-by = The sender’s domain { $domain } is proved, says your server ({ $server }).
trust-failed = It does not come from the domain in the sender’s address, or was changed on its way.
trust-unknown = Nothing proves who sent it.
trust-not-checked = Nobody checked who sent it.
trust-suspicious = Its sender pretends something.
suspicion-name-is-address = The sender’s name says { $shown }, but the address is { $real }.
suspicion-hidden = The sender’s name or address holds characters that nobody can see.
suspicion-mixed-scripts = The domain { $domain } mixes letters of several scripts; in plain letters it is { $ascii }.
suspicion-look-alike = The domain { $domain } imitates Latin letters; in plain letters it is { $ascii }.
suspicion-several-authors = It names several senders; other programs may show another one.
suspicion-forged-results = It brings checks in the name of your server that your server did not write.
note-sender-differs = It was sent by { $address } for its author.
note-reply-to-differs = Answers go to { $address }.
note-return-path-differs = Delivery failures go to { $address }.
note-international = The domain { $domain } is { $ascii } in plain letters.
trust-check = { $method }: { $outcome }
trust-check-domain = { $method }: { $outcome } ({ $domain })
outcome-pass = passed
outcome-fail = failed
outcome-soft-fail = failed, softly
outcome-neutral = says nothing
outcome-none = nothing to check
outcome-temp-error = could not be looked up
outcome-perm-error = set up wrongly
outcome-policy = passed, but not as your server wants it
transit-encrypted = It was encrypted on every step of its way.
transit-clear = It was not encrypted on its whole way.
transit-unknown = Whether it was encrypted on its way is not told.
hop-encrypted = encrypted
hop-encrypted-with = encrypted ({ $version })
hop-local = within one machine
hop-clear = not encrypted
hop-unknown = not told
cli-show-when = When
cli-show-where = Where
cli-show-meeting = Online
cli-show-organiser = Organiser
cli-show-repeats = Repeats
cli-show-attendee = Invited
cli-show-about = About
cli-show-said = The server’s words

## More of threads

# Nothing in a mailbox passes what was asked for.
cli-list-nothing = Nothing in { $mailbox } is that.
cli-search-saved = The search is kept as “{ $name }”.

## More of list

search = Search all mail
search-close = Leave the search
search-help = Words find whole words; quotation marks keep them together. What else is understood:
operator-from = who wrote it
operator-to = to whom
operator-subject = in the subject
operator-body = in the text
operator-filename = an attachment’s name
operator-attachment = with attachments
operator-unread = not read yet
operator-in = in a folder
operator-before = 2026-11, 7d, today
operator-larger = 500k, 5M
search-results = Search
search-found = { $count ->
    [0] nothing found
    [one] 1 message
   *[other] { $shown } messages
}
search-found-more = more than { $shown }
search-searched = { $count ->
    [one] The one message was searched, all of its text.
   *[other] { $shown } messages were searched, all of their text.
}
search-waiting = { $shown } messages were searched; { $waiting } are still being read.
search-nothing = Nothing fits.
search-by-date = By date
search-by-relevance = By relevance
search-keep = Keep as a folder…
search-save = Keep the search
search-save-says = It stands among your folders from then on, and shows what fits at the time.
search-name = Name
search-name-taken = Another search has this name.
search-saved = This search
search-rename = Rename…
search-delete = Forget the search
search-delete-says = “{ $name }” leaves your folders. No message is deleted.
said-search-saved = The search is kept.
deed-search = Search all mail
deed-filter = How the list is shown
listing = How the list is shown
listing-rows = Rows
listing-threads = Conversations
listing-messages = Single messages
listing-cards = Cards
listing-columns = One line each
listing-show = Show only
listing-unread = Unread
listing-starred = Starred
listing-attachment = With attachments
listing-text = Words in sender or subject
listing-with = “{ $text }”
listing-only = Only: { $what }
listing-everything = Show all
listing-nothing = Nothing here fits.
listing-sort = Sort by
sort-date = Date
sort-sender = Sender
sort-subject = Subject
sort-size = Size
sort-oldest = Oldest first
sort-newest = Newest first
sort-a-to-z = A to Z
sort-z-to-a = Z to A
sort-smallest = Smallest first
sort-largest = Largest first
listing-day = Go to a day
listing-day-hint = 2026-11-24, 2025, 3m …
listing-day-unclear = Write it as 2026-11-24, 2026-11, 2026, today, or 3m for three months ago.

## More of reader

page-failed = This message cannot be shown as it was designed; this is its text.
page-cut = This message goes on below what can be shown here.
page-images-blocked = { $count ->
    [one] One remote image was blocked to protect your privacy.
   *[other] { $count } remote images were blocked to protect your privacy.
}
page-images-missing = { $count ->
    [one] One remote image could not be loaded.
   *[other] { $count } remote images could not be loaded.
}
page-trackers = { $count ->
    [one] One tracker removed.
   *[other] { $count } trackers removed.
}
page-images-once = Show once
page-images-always = Always from this sender
page-images-never = Never from this sender
page-as-text = Show as text
page-as-designed = Show as designed
page-dark = Show on a dark page
page-light = Show on a light page
link-doubtful = Open this link?
link-refused = This link is not opened
link-no-scheme = It leads to nothing that can be opened.
link-scheme = It leads neither to a page nor to an address, but to something called “{ $scheme }”.
link-other-site = It shows { $shown }, but leads to { $target }.
link-other-address = It shows { $shown }, but writes to { $target }.
link-look-alike = { $host } looks like { $resembles }, but is another name.
link-mixed-script = The letters of { $host } are of several scripts.
link-punycode = { $host } has letters of another script. In the network it is { $ascii }.
link-user-info = What stands first, “{ $user }”, is not where it leads: that is { $host }.
link-numeric = It leads to a number, { $host }, not to a name.
link-open = Open anyway
link-copy = Copy address
find-hint = Find in this message
find-nothing = Not found
find-count = { $at } of { $count }
deed-find = Find in the message
deed-find-next = Next place
deed-find-previous = Previous place
deed-zoom-in = Larger text
deed-zoom-out = Smaller text
deed-zoom-reset = Text in its usual size
deed-toggle-page = Show the message as text, or as designed

## More of attachments

trust-short-verified = Verified sender
trust-short-failed = Not from this sender
trust-short-suspicious = Suspicious
trust-short-unknown = Sender not verified
trust-short-encrypted = encrypted in transit

reader-trust-details = About the sender
report-heading = Report on a message
report-about = It is about “{ $subject }”.
invitation-more = and { $count } more

## More of foreign

folder-local = Local Folders
cli-import-local = mail is imported into local/NAME; from there it can be moved to any account
cli-import-new = { $mailbox }: { $messages } imported
cli-import-known = { $count ->
    [one] { $shown } was here already
   *[other] { $shown } were here already
}
cli-import-deleted = { $count ->
    [one] { $shown } was deleted in its mbox
   *[other] { $shown } were deleted in their mbox
}
cli-import-passed = { $count ->
    [one] { $shown } file is no mail
   *[other] { $shown } files are no mail
}
cli-import-more-failed = { $count ->
    [one] One more could not be read.
   *[other] { $count } more could not be read.
}
cli-few-descriptors = Postwren needs at least { $count } more open files than the system lets it have; raise the limit (ulimit -n) or close something

## More of attachments

attachments = Attachments
attachment-show = Show { $name }
attachment-more = What can be done with { $name }
files-more = { $count ->
    [one] Show one more part
   *[other] Show { $count } more parts
}
files-fewer = Show files alone
file-show = Show
file-open = Open
file-open-asking = Open…
file-save = Save as…
file-copy = Copy
file-question = Open this file?
file-question-advice = Open it only if you expected it and know the sender. If in doubt, ask them another way.
file-open-anyway = Open it all the same
file-unknown-kind = Postwren does not know files of this kind. A program of your desktop would open it.
file-kind-other = File
file-kind-text = Text
file-kind-image = Picture
file-kind-audio = Sound
file-kind-video = Film
file-kind-pdf = PDF
file-kind-document = Document
file-kind-spreadsheet = Spreadsheet
file-kind-presentation = Presentation
file-kind-archive = Archive
file-kind-page = Web page
file-kind-calendar = Calendar
file-kind-contact = Contact
file-kind-message = Message
file-kind-key = Key or signature
file-kind-program = Program
danger-short-program = A program
danger-short-script = A script
danger-short-macros = May contain macros
danger-short-shortcut = Opens something else
danger-short-disk-image = An image of a disk
danger-short-page = A page that may imitate a log-in
danger-short-double-extension = Its name pretends another kind
danger-short-disguised-name = Its name was disguised
danger-short-type-mismatch = It is not what it says it is
preview-of = { $name }, shown
preview-loading = Opening…
preview-page = page { $page } of { $count }
preview-pixels = { $width } × { $height } pixels
preview-zoom = { $percent } %
preview-of-many = { $at } of { $count }
preview-before = The attachment before
preview-after = The next attachment
preview-cut = Only its first part is shown. Open or save it to see all.
preview-more-pages = The first { $shown } of { $count } pages are shown. Open or save it to see all.
preview-no-kind = Files of this kind cannot be shown here; open or save it.
preview-too-large = It is too large to be shown here; open or save it.
preview-locked = It is locked with a password and cannot be shown here; open or save it.
preview-unreadable = It cannot be shown here: it is damaged, or not what its name says. Open or save it.
preview-costly = It cannot be shown here: it took too long or too much memory. Open or save it.
preview-no-worker = It cannot be shown: the process that draws files does not start. Open or save it.
letter-attached = Attached message
source-of = Source: { $subject }
source-tab-headers = Headers
source-tab-source = Source
source-find = Find in the source
source-lines = Lines of the source
source-empty = There is nothing in it.
source-size = { $size }
source-reading = reading { $size }…
source-seeking = Searching…
source-not-found = Not found
source-copied = Copied
deed-source = Source and all headers

## More of cards

day-today = Today
reader-messages = { $count } messages
reader-unfold-all = Open all messages
reader-fold-all = Fold all messages but one
reader-unfold = Open the message of { $name }
reader-fold = Fold the message of { $name }
reader-older = { $count } older messages
reader-monospace = Fixed-width letters
reader-proportional = Ordinary letters
deed-next-card = Next message of the conversation
deed-previous-card = Previous message of the conversation
deed-toggle-card = Open or fold the message
deed-unfold-all = Open all messages of the conversation, or fold them
deed-monospace = Fixed-width letters, or ordinary ones

## More of print
print = Print…
print-pdf = Save as PDF…
print-attachments = Attachments
print-making = Preparing { $subject } for print…
print-making-pdf = Making a PDF of { $subject }…
print-viewer = This desktop offers no printing dialog. The message was opened as PDF; print it from there.
print-cut = Only the first { $pages } pages are in it.
problem-unprintable = The message could not be brought to paper.
problem-unprintable-advice = Show it as text (Ctrl Shift H) and try again; the message itself is unharmed.
deed-print = print
cli-render-pages = { $pages ->
    [one] One page written.
   *[other] { $pages } pages written.
}
cli-render-cut = Only the first { $pages } pages were written.

## More of speed

## More of engine
problem-too-many-files = Postwren has as many files open as the system lets it have.
problem-too-many-files-advice = Nothing was lost: what could not be stored is still on the server, and changes wait in the queue. It goes on by itself as soon as it can; closing other programs, or a higher limit (ulimit -n), helps.
settings-metered = Fetch only headers
metered-system = over metered networks
metered-always = always
metered-never = never
settings-senders = Senders
settings-verify-senders = Check senders in the DNS
cli-column-setting = SETTING
cli-column-value = VALUE
cli-undo-seconds = Seconds in which sending can be taken back
problem-reason-details = { $what } ({ $details })
problem-not-stored = The server said that it had taken the message into { $mailbox }, and it is not there.
problem-not-stored-advice = Your mail is safe: nothing is removed until the message is seen there. It is tried again.
problem-read-only = The server lets nobody change { $mailbox }.
problem-read-only-advice = Your mail is safe, and the change is taken back here. Ask whoever runs the server for the right to change it.
problem-mail-came = Mail has come into { $mailbox } meanwhile; the folder is kept.
problem-mail-came-advice = Look at what came; then delete the folder again if you still want to.
problem-kept-here = { $count ->
    [one] { $mailbox } is gone on the server; one message of it is only here, and is kept.
   *[other] { $mailbox } is gone on the server; { $messages } messages of it are only here, and are kept.
}
problem-kept-here-advice = Move what you want to keep to another folder.
problem-copy-first = The copy has not arrived in { $mailbox } yet.
problem-waits-advice = Your mail is safe here. It is tried again by itself.
problem-proxy-closed = The proxy { $proxy } closed the connection.
problem-proxy-wants-login = The proxy { $proxy } wants a user name and password.
problem-proxy-takes-no-login = The proxy { $proxy } takes no user name and password.
problem-proxy-wrong-login = The proxy { $proxy } did not accept the user name or password.
problem-proxy-too-long = A name or password is too long for the proxy { $proxy }.
problem-proxy-foreign = What answers at { $proxy } is no proxy that speaks { $protocol }.
problem-proxy-rules = The rules of the proxy { $proxy } do not allow this connection.
problem-proxy-no-way = The proxy { $proxy } does not reach the server.
problem-proxy-refused-there = The proxy { $proxy } reaches the server, which refuses the connection.
problem-proxy-too-slow = The proxy { $proxy } found the server too slow to answer.
problem-proxy-cannot = The proxy { $proxy } cannot make this connection (status { $status }).

## More of corpora
