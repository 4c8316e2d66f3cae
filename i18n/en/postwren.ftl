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
problem-some-refused = { $refused } of { $total } recipients were refused.
problem-some-refused-advice = The message and the refused addresses are kept in the Outbox, with the server’s words. Correct the addresses there and send it to them only.
problem-unknown-outcome = The connection was cut at the very end of sending: nobody can know yet whether the server took the message.
problem-unknown-outcome-advice = It is kept in the Outbox and is not sent again by itself. Look for it in Sent or ask a recipient before you send it again.
problem-internal = Something went wrong inside Postwren.
problem-internal-advice = Your mail is safe on the disk. Please report what is said under Details.
