#!/usr/bin/env bash
# A real mail world on loopback for the tests: two domains, each with its own Postfix, one Dovecot, one DNS.
#
#   submission (STARTTLS or implicit TLS) -> Postfix of a.test -> DNS MX -> Postfix of b.test -> LMTP -> Dovecot -> IMAP, POP3
#
#   lab.sh up      starts it and prints the variables that the tests read (POSTWREN_LAB_…)
#   lab.sh down    stops it and removes its directory
#   lab.sh env     prints the variables again
#   lab.sh logs    prints the last lines of every log
#   lab.sh token USER   prints an OAuth 2 access token that Dovecot accepts for this user
#
# POSTWREN_LAB      its directory (default: postwren-lab below the directory for temporary files); keep it short: unix sockets
# POSTWREN_LAB_P    prefix of its ports, 21 to 60 (default: the first that is free)
#
# It needs root (Postfix's master, a mount namespace) and Debian's or Ubuntu's packages, which tests/run installs.
# No system service is touched: everything has its own configuration, queue and sockets in the directory.
set -euo pipefail

LAB=${POSTWREN_LAB:-${TMPDIR:-/tmp}/postwren-lab}
PASSWORD=secret
TOKEN_KEY=labsecretlabsecretlabsecretlab12
USERS_A="alice@a.test carol@a.test"
USERS_B="bob@b.test dave@b.test"
MASTER=/usr/lib/postfix/sbin/master

alive() { [ -s "$1" ] && kill -0 "$(tr -d ' ' <"$1")" 2>/dev/null; }
answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
pid_files() { echo "$LAB/pfa/spool/pid/master.pid $LAB/pfb/spool/pid/master.pid $LAB/run/dnsmasq.pid $LAB/run/master.pid"; }

# Every port begins with P, every address ends with it: two labs can stand beside each other.
places() {
  IP_A=127.0.1.$P; IP_B=127.0.2.$P; IP_DEAD=127.0.3.$P; DNS=127.53.0.$P
}

choose_ports() {
  if [ -n "${POSTWREN_LAB_P:-}" ]; then P=$POSTWREN_LAB_P; return; fi
  for P in $(seq 21 60); do
    local free=yes port
    for port in 012 024 110 143 465 466 587 588 993 995; do answers 127.0.0.1 "$P$port" && { free=no; break; }; done
    [ $free = yes ] && return
  done
  echo "no free ports for the lab" >&2; exit 1
}

variables() {
  cat <<END
export POSTWREN_LAB=$LAB
export POSTWREN_LAB_P=$P
export POSTWREN_LAB_CA=$LAB/ca/ca.pem
export POSTWREN_LAB_PASSWORD=$PASSWORD
export POSTWREN_LAB_IMAP=${P}143
export POSTWREN_LAB_IMAPS=${P}993
export POSTWREN_LAB_POP3=${P}110
export POSTWREN_LAB_POP3S=${P}995
export POSTWREN_LAB_A_SUBMISSION=${P}587
export POSTWREN_LAB_A_SMTPS=${P}465
export POSTWREN_LAB_B_SUBMISSION=${P}588
export POSTWREN_LAB_B_SMTPS=${P}466
END
}

# An authority of its own and one certificate with every name.
certificates() {
  [ -s "$LAB/ca/server.pem" ] && return
  mkdir -p "$LAB/ca"
  ( cd "$LAB/ca"
    local key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes" names=DNS:localhost,IP:127.0.0.1 domain host
    # shellcheck disable=SC2086
    openssl req -x509 $key -keyout ca.key -out ca.pem -days 30 -subj "/CN=Lab Authority" \
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
    for domain in a b; do for host in mail mx imap pop smtp; do names=$names,DNS:$host.$domain.test; done; done
    # shellcheck disable=SC2086
    openssl req $key -keyout server.key -out server.csr -subj "/CN=localhost" 2>/dev/null
    printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n' "$names" >server.ext
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile server.ext -out server.crt 2>/dev/null
    cat server.crt ca.pem >server.pem
    chmod 644 server.key )
}

dovecot_users() {
  mkdir -p "$LAB"/{run,state,log,mail,keys/default/HS256}
  chown 65534:65534 "$LAB/mail"
  printf %s "$(printf %s $TOKEN_KEY | base64)" >"$LAB/keys/default/HS256/default"
  chmod -R a+rX "$LAB/keys"
  local user
  for user in $USERS_A $USERS_B; do
    echo "$user:{PLAIN}$PASSWORD:65534:65534::$LAB/mail/${user#*@}/${user%@*}::"
  done >"$LAB/users"
  chmod 644 "$LAB/users"
}

# Dovecot 2.3: Debian 12, Ubuntu 22.04 and 24.04.
dovecot_23() {
  cat >"$LAB/oauth2.conf" <<END
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$LAB/keys/
username_attribute = sub
END
  chmod 644 "$LAB/oauth2.conf"
  cat >"$LAB/dovecot.conf" <<END
base_dir = $LAB/run
state_dir = $LAB/state
instance_name = postwren-lab
log_path = $LAB/log/dovecot.log
protocols = imap pop3 lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <$LAB/ca/server.pem
ssl_key = <$LAB/ca/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 1 secs
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = $LAB/oauth2.conf
}
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = $LAB/users
}
userdb {
  driver = passwd-file
  args = $LAB/users
}
mail_location = maildir:~/Maildir
protocol lmtp {
  postmaster_address = postmaster@a.test
}
END
}

# Dovecot 2.4: Debian 13, Ubuntu 25.04 and later.
dovecot_24() {
  cat >"$LAB/dovecot.conf" <<END
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = $LAB/run
state_dir = $LAB/state
instance_name = postwren-lab
log_path = $LAB/log/dovecot.log
protocols {
  imap = yes
  pop3 = yes
  lmtp = yes
}
listen = 127.0.0.1
ssl = yes
ssl_server_cert_file = $LAB/ca/server.pem
ssl_server_key_file = $LAB/ca/server.key
auth_allow_cleartext = yes
auth_mechanisms = plain login xoauth2
auth_failure_delay = 1 secs
oauth2 {
  introspection_mode = local
  username_attribute = sub
}
oauth2_local_validation {
  dict fs {
    fs posix {
      prefix = $LAB/keys/
    }
  }
}
passdb oauth2 {
  mechanisms_filter = xoauth2
}
passdb passwd-file {
  mechanisms_filter = plain login
  passwd_file_path = $LAB/users
}
userdb passwd-file {
  passwd_file_path = $LAB/users
}
mail_driver = maildir
mail_path = ~/Maildir
protocol lmtp {
  postmaster_address = postmaster@a.test
}
END
}

dovecot_conf() {
  dovecot_users
  case "$(dovecot --version)" in
    2.[0-3].*) dovecot_23 ;;
    *) dovecot_24 ;;
  esac
  cat >>"$LAB/dovecot.conf" <<END
first_valid_uid = 1
mail_max_userip_connections = 50
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    auto = subscribe
    special_use = \Drafts
  }
  mailbox Sent {
    auto = subscribe
    special_use = \Sent
  }
  mailbox Trash {
    auto = subscribe
    special_use = \Trash
  }
  mailbox Junk {
    auto = subscribe
    special_use = \Junk
  }
  mailbox Archive {
    auto = subscribe
    special_use = \Archive
  }
}
service imap-login {
  inet_listener imap {
    port = ${P}143
  }
  inet_listener imaps {
    port = ${P}993
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3 {
    port = ${P}110
  }
  inet_listener pop3s {
    port = ${P}995
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${P}024
  }
}
service auth {
  inet_listener auth {
    port = ${P}012
  }
}
END
}

dns_conf() {
  cat >"$LAB/dnsmasq.conf" <<END
port=53
listen-address=$DNS
bind-interfaces
no-resolv
no-hosts
user=root
pid-file=$LAB/run/dnsmasq.pid
log-facility=$LAB/log/dns.log
log-queries
local=/#/
host-record=mx.a.test,$IP_A
host-record=mx.b.test,$IP_B
host-record=mx.dead.test,$IP_DEAD
mx-host=a.test,mx.a.test,10
mx-host=b.test,mx.b.test,10
mx-host=dead.test,mx.dead.test,10
END
  echo "nameserver $DNS" >"$LAB/resolv.conf"
}

# postfix_conf INSTANCE DOMAIN ADDRESS SUBMISSION-PORT SMTPS-PORT USERS
postfix_conf() {
  local dir=$LAB/pf$1 domain=$2 ip=$3 submission=$4 smtps=$5 users=$6 queue user known=""
  mkdir -p "$dir"/{conf,data,spool}
  for queue in active bounce corrupt defer deferred flush hold incoming private saved trace; do
    mkdir -p "$dir/spool/$queue"; chown postfix "$dir/spool/$queue"; chmod 700 "$dir/spool/$queue"
  done
  mkdir -p "$dir"/spool/{maildrop,public,pid}
  chown postfix:postdrop "$dir"/spool/{maildrop,public}; chmod 730 "$dir/spool/maildrop"; chmod 710 "$dir/spool/public"
  chown root "$dir/spool" "$dir/spool/pid"; chown postfix "$dir/data"
  for user in $users postmaster@"$domain"; do known="$known {$user=x}"; done
  cat >"$dir/conf/main.cf" <<END
compatibility_level = 3.6
queue_directory = $dir/spool
data_directory = $dir/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = $LAB/log/postfix-$1.log
maillog_file_prefixes = $LAB
myhostname = mx.$domain
mydomain = $domain
myorigin = $domain
mydestination =
mynetworks =
inet_protocols = ipv4
inet_interfaces = 127.0.0.1
smtp_bind_address = $ip
smtp_tcp_port = ${P}025
smtp_host_lookup = dns
smtp_address_preference = ipv4
alias_maps =
alias_database =
local_transport = error:no local delivery
virtual_mailbox_domains = $domain
virtual_mailbox_maps = inline:{$known }
virtual_alias_domains =
virtual_transport = lmtp:inet:127.0.0.1:${P}024
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${P}012
smtpd_tls_cert_file = $LAB/ca/server.pem
smtpd_tls_key_file = $LAB/ca/server.key
smtpd_tls_security_level = may
smtp_tls_security_level = may
smtp_tls_CAfile = $LAB/ca/ca.pem
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
unknown_virtual_mailbox_reject_code = 550
message_size_limit = 70000000
virtual_mailbox_limit = 0
mailbox_size_limit = 0
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 5s
bounce_queue_lifetime = 20s
maximal_queue_lifetime = 20s
smtp_connect_timeout = 3s
enable_long_queue_ids = yes
END
  local options="-o syslog_name=submission -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes -o smtpd_client_restrictions= -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject -o smtpd_reject_unlisted_recipient=yes"
  cat >"$dir/conf/master.cf" <<END
$ip:${P}025 inet n - n - - smtpd
127.0.0.1:$submission inet n - n - - smtpd $options
127.0.0.1:$smtps inet n - n - - smtpd $options -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
END
}

postfix_up() {
  alive "$LAB/pf$1/spool/pid/master.pid" && return
  # A mount namespace of its own: only these processes see the lab's resolv.conf.
  unshare -m --propagation private bash -c "mount --bind '$LAB/resolv.conf' /etc/resolv.conf && exec $MASTER -c '$LAB/pf$1/conf' -w" \
    </dev/null >>"$LAB/log/postfix-$1.start" 2>&1
}

await() { # HOST PORT
  local _
  for _ in $(seq 100); do answers "$1" "$2" && return; sleep 0.1; done
  echo "the lab's port $2 does not answer" >&2
  logs >&2
  exit 1
}

up() {
  umask 022
  if [ -s "$LAB/env" ]; then P=$(sed -n 's/^export POSTWREN_LAB_P=//p' "$LAB/env"); else choose_ports; fi
  places
  mkdir -p "$LAB"/{log,run}
  chmod 755 "$LAB"
  certificates
  dovecot_conf
  dns_conf
  postfix_conf a a.test "$IP_A" "${P}587" "${P}465" "$USERS_A"
  postfix_conf b b.test "$IP_B" "${P}588" "${P}466" "$USERS_B"
  alive "$LAB/run/master.pid" || dovecot -c "$LAB/dovecot.conf" </dev/null >>"$LAB/log/dovecot.start" 2>&1
  alive "$LAB/run/dnsmasq.pid" || dnsmasq -C "$LAB/dnsmasq.conf" </dev/null >>"$LAB/log/dns.start" 2>&1
  postfix_up a
  postfix_up b
  variables >"$LAB/env"
  for port in 143 993 110 995 024 587 465 588 466; do await 127.0.0.1 "$P$port"; done
  cat "$LAB/env"
}

down() {
  local file _
  for file in $(pid_files); do
    if alive "$file"; then kill "$(tr -d ' ' <"$file")"; fi
  done
  for file in $(pid_files); do
    for _ in $(seq 100); do alive "$file" || break; sleep 0.1; done
  done
  case "$LAB" in */*lab*) rm -rf "$LAB" ;; esac
}

logs() { tail -n 30 "$LAB"/log/* 2>/dev/null || true; }

token() {
  local header claims now signed
  url64() { openssl base64 -A | tr '+/' '-_' | tr -d =; }
  now=$(date +%s)
  header=$(printf '{"alg":"HS256","typ":"JWT"}' | url64)
  claims=$(printf '{"sub":"%s","iat":%d,"exp":%d}' "$1" $((now - 5)) $((now + 3600)) | url64)
  signed=$(printf %s "$header.$claims" | openssl dgst -sha256 -hmac $TOKEN_KEY -binary | url64)
  echo "$header.$claims.$signed"
}

case "${1:-}" in
  up) up ;;
  down) down ;;
  env) cat "$LAB/env" ;;
  logs) logs ;;
  token) token "$2" ;;
  *) sed -n '2,16p' "$0"; exit 2 ;;
esac
